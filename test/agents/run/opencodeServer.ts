import { MODEL } from "../fake/openai.ts";
import type { Running } from "./program.ts";
import { until } from "./until.ts";

/** A JSON object of unknown shape. */
type Json = Record<string, unknown>;

/** One `opencode serve`, driven as its own clients do it. Dispose of it to end it. */
export interface OpencodeServer extends AsyncDisposable {
  /** Makes a session and returns its id. */
  create(): Promise<string>;
  /** Asks and waits for the end of the turn. */
  ask(session: string, prompt: string): Promise<void>;
  /** Asks without waiting; in the middle of a turn the prompt is queued. */
  queue(session: string, prompt: string): Promise<void>;
  /** Waits until no turn of any session is under way. */
  idle(): Promise<void>;
  /** Waits for a question whether a tool may run, and answers it. */
  reply(answer: { reply: "once" | "always" | "reject"; message?: string }): Promise<void>;
  /** Summarizes a session. */
  compact(session: string): Promise<void>;
  /** `POST /session/ID/what`. */
  post(session: string, what: string, body?: Json): Promise<Json>;
  /** `PATCH /session/ID`. */
  patch(session: string, body: Json): Promise<void>;
  /** `DELETE /session/ID`. */
  remove(session: string): Promise<void>;
}

/**
 * Waits until a started `opencode serve` listens.
 * @throws where it ends before that
 */
export async function serverOf(run: Running): Promise<OpencodeServer> {
  const url = await addressOf(run);
  const call = async (method: string, path: string, body?: Json): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };
  const post = async (session: string, what: string, body: Json = {}) =>
    (await call("POST", `/session/${session}/${what}`, body)) as Json;
  const asking = (prompt: string) => ({ parts: [{ type: "text", text: prompt }] });
  const idle = async () => {
    await until("the end of all turns", async () => {
      const busy = Object.keys((await call("GET", "/session/status")) as Json);
      return busy.length === 0 ? true : null;
    });
  };
  return {
    post,
    idle,
    create: async () => ((await call("POST", "/session", {})) as { id: string }).id,
    ask: async (session, prompt) => {
      await post(session, "message", asking(prompt));
      await idle();
    },
    queue: async (session, prompt) => {
      await post(session, "prompt_async", asking(prompt));
    },
    reply: async (answer) => {
      const id = await until("a question", async () => {
        const [asked] = (await call("GET", "/permission")) as { id: string }[];
        return asked?.id ?? null;
      });
      await call("POST", `/permission/${id}/reply`, answer);
    },
    compact: async (session) => {
      await post(session, "summarize", { providerID: "fake", modelID: MODEL });
      await idle();
    },
    patch: async (session, body) => {
      await call("PATCH", `/session/${session}`, body);
    },
    remove: async (session) => {
      await call("DELETE", `/session/${session}`);
    },
    async [Symbol.asyncDispose]() {
      run.kill("SIGTERM");
      await run.ended;
    },
  };
}

function addressOf(run: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    run.output.on("data", (text: string) => {
      said += text;
      const url = /listening on (http:\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    run.ended.then(({ stderr }) => reject(new Error(`no server: ${said}${stderr}`)), reject);
  });
}
