import type { ChildKind, RowOf } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import type { CleanReader } from "./CleanReader.ts";

/** Goes through one session, and through those that its calls started, to any depth, each once. */
export class Walk {
  readonly #reader: CleanReader;
  readonly #known: Set<string>;
  readonly #started = new Map<string, string[]>();

  /** @param id of the session that it begins with */
  constructor(reader: CleanReader, id: string) {
    this.#reader = reader;
    this.#known = new Set([id]);
  }

  /** The rows of one kind of a session, oldest first. Rejects with RpcError. */
  async *rows<K extends ChildKind>(kind: K, sessionId: string): AsyncGenerator<RowOf<K>> {
    for await (const rows of this.#reader.rows(kind, sessionId)) {
      for (const row of rows) {
        this.#note(sessionId, row);
        yield row;
      }
    }
  }

  /** The sessions that the calls read so far of this one started. Rejects with RpcError. */
  async *children(sessionId: string): AsyncGenerator<SessionSummary> {
    for (const id of this.#started.get(sessionId) ?? []) {
      const child = await this.#reader.session(id);
      if (child !== null) yield child;
    }
  }

  /** The ids of all sessions met so far. */
  get met(): ReadonlySet<string> {
    return this.#known;
  }

  #note(sessionId: string, row: object): void {
    if (!("childSessionId" in row) || typeof row.childSessionId !== "string") return;
    const id = row.childSessionId;
    if (this.#known.has(id)) return;
    this.#known.add(id);
    this.#started.set(sessionId, [...(this.#started.get(sessionId) ?? []), id]);
  }
}
