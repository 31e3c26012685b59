import { once } from "node:events";
import { type DataPaths, readToken } from "@duolog/client/local";
import { ENDPOINT, HEADERS } from "@duolog/contract";
import WebSocket from "ws";

/** What the daemon answers to one call: tRPC's envelope. */
export interface Answer {
  result?: { type: string; data: unknown };
  error?: { code: number; message: string; data: { code: string; refusal: Refused | null } };
}
interface Refused {
  code: string;
  field: string | null;
  message: string;
}

/** A WebSocket to the daemon without @duolog/client: what any other program could send. */
export class BareSocket implements AsyncDisposable {
  readonly socket: WebSocket;
  #id = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  constructor(paths: DataPaths, headers: Record<string, string> = {}) {
    const authorization = `Bearer ${readToken(paths)}`;
    this.socket = new WebSocket(`ws+unix:${paths.socket}:${ENDPOINT}`, {
      headers: { authorization, ...headers },
    });
    this.socket.on("message", (data) => {
      const answer = JSON.parse(String(data));
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Opens one as a client of that name, which tells no protocol version unless given. */
  static async open(paths: DataPaths, clientName: string, protocol?: number): Promise<BareSocket> {
    const headers: Record<string, string> = { [HEADERS.clientName]: clientName };
    if (protocol !== undefined) headers[HEADERS.protocol] = String(protocol);
    const bare = new BareSocket(paths, headers);
    await once(bare.socket, "open");
    return bare;
  }

  call(method: "query" | "mutation", path: string, input: unknown): Promise<Answer> {
    const id = ++this.#id;
    this.socket.send(JSON.stringify({ id, jsonrpc: "2.0", method, params: { path, input } }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${path}`)), 10_000);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
  }
}
