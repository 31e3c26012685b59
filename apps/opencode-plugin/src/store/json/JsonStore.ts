import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Left } from "@duolog/contract";
import { problemOf } from "../problem.ts";
import type { SessionRows, Store, Survey } from "../store.ts";
import { JsonOrphans, JsonSession } from "./JsonSession.ts";
import { type SessionFile, StorageFiles } from "./StorageFiles.ts";

/** What OpenCode before 1.2 kept, and left there as it moved to a database: JSON files in `storage`. */
export class JsonStore implements Store {
  readonly path: string;
  readonly #files: StorageFiles;
  readonly #left = new Map<string, Left>();
  #own = new Map<string, SessionFile[]>();

  constructor(path: string) {
    this.path = path;
    this.#files = new StorageFiles(path, (what, error) => {
      this.#left.set(what, { what, reason: problemOf(error) });
    });
  }

  stamp(): string {
    const marks = this.sessionIds().map((id) => `${id} ${this.survey(id).marks}\n`);
    return createHash("sha256").update(marks.join("")).digest("base64url");
  }

  sessionIds(): string[] {
    this.#left.clear();
    this.#own = new Map();
    for (const file of this.#files.sessions()) {
      this.#own.set(file.id, [...(this.#own.get(file.id) ?? []), file]);
    }
    const ids = new Set([...this.#own.keys(), ...this.#files.sessionsOfMessages()]);
    return this.#orphans(ids).length > 0 ? [...ids, this.#orphansId] : [...ids];
  }

  /** Of what `sessionIds` looked into. */
  left(): Left[] {
    return [...this.#left.values()];
  }

  survey(id: string): Survey {
    const hash = createHash("sha256");
    let writtenAt = 0;
    let bytes = 0;
    for (const { path } of this.#session(id).files()) {
      const stats = statSync(path, { throwIfNoEntry: false });
      hash.update(`${path}\n${stats?.ino} ${stats?.size} ${stats?.mtimeMs} ${stats?.ctimeMs}\n`);
      writtenAt = Math.max(writtenAt, Math.floor(stats?.mtimeMs ?? 0));
      bytes += stats?.size ?? 0;
    }
    return { marks: hash.digest("base64url"), writtenAt, bytes };
  }

  v2(): null {
    return null;
  }

  rows(id: string): SessionRows {
    return this.#session(id);
  }

  close(): void {}

  /** No session's: what belongs to several is a part of its own. */
  get #orphansId(): string {
    return join(this.path, "part");
  }

  #session(id: string): JsonSession | JsonOrphans {
    if (id !== this.#orphansId) return new JsonSession(this.path, id, this.#own.get(id) ?? []);
    const ids = [...this.#own.keys(), ...this.#files.sessionsOfMessages()];
    return new JsonOrphans(this.path, this.#orphans(new Set(ids)));
  }

  #orphans(sessionIds: ReadonlySet<string>) {
    const messages = [...sessionIds].flatMap((id) => this.#files.messages(id));
    const known = new Set(messages.map(({ id }) => id));
    return this.#files.messagesOfParts().filter(({ messageId }) => !known.has(messageId));
  }
}
