import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "@duolog/client/local";

/** A JSON file of OpenCode's; its name is the id of what it holds. */
export interface StorageFile {
  id: string;
  path: string;
}

/** A session's file; `project` is null where its path names none. */
export interface SessionFile extends StorageFile {
  project: string | null;
}

/** Beside the directories of projects; none is one. */
const NO_PROJECTS = new Set(["message", "part", "share"]);
/** Where versions before there were projects kept the sessions themselves. */
const WITHOUT_PROJECT = "info";

/**
 * The files below a `storage` directory of OpenCode before 1.2: `session/<project>/<session>.json`,
 * `message/<session>/<message>.json`, `part/<message>/<part>.json`. Before 0.6 these were
 * `session/info/<session>.json`, `session/message/<session>/<message>.json` and
 * `session/part/<session>/<message>/<part>.json`. Ids are those of the paths, as in OpenCode's own
 * move into its database: earlier moves left the files' content as it was.
 */
export class StorageFiles {
  readonly root: string;
  readonly #fail: (path: string, error: unknown) => void;

  /** @param fail is told of each directory that can't be read */
  constructor(root: string, fail: (path: string, error: unknown) => void) {
    this.root = root;
    this.#fail = fail;
  }

  sessions(): SessionFile[] {
    const projects = this.#directories("session").filter((name) => !NO_PROJECTS.has(name));
    return projects.flatMap((name) => {
      const project = name === WITHOUT_PROJECT ? null : name;
      return this.#files("session", name).map((file) => ({ ...file, project }));
    });
  }

  /** The ids of sessions that have messages. */
  sessionsOfMessages(): string[] {
    return [...this.#directories("message"), ...this.#directories("session", "message")];
  }

  messages(sessionId: string): StorageFile[] {
    const older = this.#files("session", "message", sessionId);
    return [...this.#files("message", sessionId), ...older];
  }

  parts(sessionId: string, messageId: string): StorageFile[] {
    const older = this.#files("session", "part", sessionId, messageId);
    return [...this.#files("part", messageId), ...older];
  }

  /** The messages that have parts; the session is empty where the path names none. */
  messagesOfParts(): { sessionId: string; messageId: string }[] {
    const older = this.#directories("session", "part").flatMap((sessionId) =>
      this.#directories("session", "part", sessionId).map((messageId) => ({
        sessionId,
        messageId,
      })),
    );
    const messages = this.#directories("part");
    return [...messages.map((messageId) => ({ sessionId: "", messageId })), ...older];
  }

  #directories(...path: string[]): string[] {
    const isDirectory = (entry: Dirent) =>
      entry.isDirectory() ||
      (entry.isSymbolicLink() && statOf(join(this.root, ...path, entry.name))?.isDirectory());
    return this.#entries(path)
      .filter(isDirectory)
      .map(({ name }) => name);
  }

  #files(...path: string[]): StorageFile[] {
    return this.#entries(path)
      .filter(({ name }) => name.endsWith(".json"))
      .map(({ name }) => ({ id: name.slice(0, -5), path: join(this.root, ...path, name) }));
  }

  #entries(path: string[]): Dirent[] {
    const directory = join(this.root, ...path);
    try {
      const entries = readdirSync(directory, { withFileTypes: true });
      return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (!isMissing(error)) this.#fail(directory, error);
      return [];
    }
  }
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
