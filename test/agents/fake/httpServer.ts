import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A JSON object of unknown shape. */
export type Json = Record<string, unknown>;

/** A model server on 127.0.0.1; dispose of it to end it. */
export interface FakeModel extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a path. */
  url: string;
  /** Bodies of the requests so far, in order of arrival. */
  requests: Json[];
  /** Resolves when an answer to a prompt that contains `text` has been streamed in part. */
  midAnswer(text: string): Promise<void>;
}

/** What a protocol has to do with a request. */
export interface Exchange {
  path: string;
  body: Json;
  response: ServerResponse;
  /** How often this very prompt and step were asked before, counting from 0. */
  attempt(key: string): number;
  /** Sends text word by word. */
  speak(
    prompt: string,
    text: string,
    wordDelayMs: number,
    send: (word: string) => void,
  ): Promise<void>;
}

/** How many words make an answer "in the middle". */
const MIDDLE = 6;

/** Starts a server on a free port. `handle` answers every POST; all else gets 404. */
export async function startModel(
  handle: (exchange: Exchange) => Promise<void>,
): Promise<FakeModel> {
  const requests: Json[] = [];
  const attempts = new Map<string, number>();
  const spoken: string[] = [];
  const waiting: { text: string; resolve: () => void }[] = [];
  const announce = (prompt: string) => {
    spoken.push(prompt);
    for (const wait of waiting) if (prompt.includes(wait.text)) wait.resolve();
  };
  const attempt = (key: string) => {
    const before = attempts.get(key) ?? 0;
    attempts.set(key, before + 1);
    return before;
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const text = await read(request);
    if (request.method !== "POST") return sendJson(response, 404, { error: "not found" });
    const body = JSON.parse(text) as Json;
    requests.push(body);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const speak: Exchange["speak"] = async (prompt, said, wordDelayMs, send) => {
      let sent = 0;
      for (const word of said.split(/(?<= )/)) {
        if (response.destroyed) return;
        send(word);
        sent += 1;
        if (wordDelayMs > 0) await sleep(wordDelayMs);
        if (sent === MIDDLE) announce(prompt);
      }
    };
    await handle({ path, body, response, attempt, speak });
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    midAnswer: (text) =>
      new Promise((resolve) => {
        if (spoken.some((prompt) => prompt.includes(text))) resolve();
        else waiting.push({ text, resolve });
      }),
    [Symbol.asyncDispose]: () => close(server),
  };
}

/** Ends a response with a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: Json): void {
  // OpenCode waits 2 s and more before it asks again, unless told otherwise.
  response.writeHead(status, { "content-type": "application/json", "retry-after-ms": "100" });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
