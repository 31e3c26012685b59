import { readFileSync, statSync } from "node:fs";
import type { Unreadable } from "@duolog/contract";
import { problemOf, StoreProblem } from "../problem.ts";
import type { Row } from "../row.ts";
import type { ContentRow, SessionRows } from "../store.ts";
import { splitMessage } from "./inlineParts.ts";
import { messageRow, partRow, sessionRow } from "./rows.ts";
import { type SessionFile, type StorageFile, StorageFiles } from "./StorageFiles.ts";

/** A message whose parts are read without it. */
export interface Orphan {
  /** Empty where the parts alone name it. */
  sessionId: string;
  messageId: string;
}

/** The JSON files of one session. */
export class JsonSession implements SessionRows {
  readonly #reader = new FileReader();
  readonly #all: StorageFiles;
  readonly #id: string;
  readonly #own: readonly SessionFile[];

  /** @param root the `storage` directory */
  constructor(root: string, id: string, own: readonly SessionFile[]) {
    this.#all = new StorageFiles(root, (path, error) => this.#reader.fail(path, problemOf(error)));
    this.#id = id;
    this.#own = own;
  }

  *files(): Generator<StorageFile> {
    yield* this.#own;
    for (const message of this.#all.messages(this.#id)) {
      yield message;
      yield* this.#all.parts(this.#id, message.id);
    }
  }

  *sessions(): Generator<Row> {
    for (const file of this.#own) {
      const text = this.#reader.read(file);
      const row = text === null ? null : sessionRow(file, text);
      if (row) yield row;
      else if (text !== null) this.#reader.fail(file.path, "session: its file is no JSON object");
    }
  }

  events(): Row[] {
    return [];
  }

  *content(): Generator<ContentRow> {
    for (const file of this.#all.messages(this.#id)) {
      const text = this.#reader.read(file);
      const message = messageRow(file.id, this.#id, text ?? "");
      if (text !== null) yield* this.#messageIn(text, message);
      for (const part of this.#all.parts(this.#id, file.id)) {
        const row = this.#reader.part(part, file.id, this.#id, message.time_created);
        if (row) yield { table: "part", row };
      }
    }
  }

  *#messageIn(text: string, row: Row): Generator<ContentRow> {
    yield { table: "message", row };
    const { parts } = splitMessage(text) ?? { parts: [] };
    for (const [i, part] of parts.entries()) {
      const id = typeof part.id === "string" ? part.id : `${row.id}.${i}`;
      const own = partRow(id, String(row.id), this.#id, JSON.stringify(part), row.time_created);
      yield { table: "part", row: own };
    }
  }

  unreadable(): readonly Unreadable[] {
    return this.#reader.failed;
  }
}

/** The JSON files of parts whose message is gone, of whatever sessions. */
export class JsonOrphans implements SessionRows {
  readonly #reader = new FileReader();
  readonly #all: StorageFiles;
  readonly #orphans: readonly Orphan[];

  /** @param root the `storage` directory */
  constructor(root: string, orphans: readonly Orphan[]) {
    this.#all = new StorageFiles(root, (path, error) => this.#reader.fail(path, problemOf(error)));
    this.#orphans = orphans;
  }

  *files(): Generator<StorageFile> {
    for (const { sessionId, messageId } of this.#orphans) {
      yield* this.#all.parts(sessionId, messageId);
    }
  }

  sessions(): Row[] {
    return [];
  }

  events(): Row[] {
    return [];
  }

  *content(): Generator<ContentRow> {
    for (const { sessionId, messageId } of this.#orphans) {
      for (const part of this.#all.parts(sessionId, messageId)) {
        const row = this.#reader.part(part, messageId, sessionId || null, null);
        if (row) yield { table: "part", row };
      }
    }
  }

  unreadable(): readonly Unreadable[] {
    return this.#reader.failed;
  }
}

/** Reads files, and keeps why it could not. */
class FileReader {
  readonly failed: Unreadable[] = [];

  /** Null where it can't be read. */
  read({ path }: StorageFile): string | null {
    try {
      // A FIFO would be waited for.
      if (!statSync(path).isFile()) throw new StoreProblem("not a file");
      return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    } catch (error) {
      this.fail(path, problemOf(error));
      return null;
    }
  }

  part(file: StorageFile, messageId: string, sessionId: string | null, begun: unknown): Row | null {
    const text = this.read(file);
    return text === null ? null : partRow(file.id, messageId, sessionId, text, begun);
  }

  fail(path: string, reason: string): void {
    this.failed.push({ raw: path, reason });
  }
}
