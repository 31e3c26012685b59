import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { count, printable } from "../../output/text.ts";
import { fileName } from "../fileName.ts";
import { writeNewFile } from "./newFile.ts";
import { writeTo } from "./writeTo.ts";

/** Where sessions go. */
export interface Destination {
  /** Writes one; false, without a call of `pieces`, where it is there. Rejects as that does, or as fs. */
  put(id: string, extension: string, pieces: () => AsyncIterable<string>): Promise<boolean>;
  /** After the last one. */
  end(): void;
  /** False where one was not written. */
  readonly isWhole: boolean;
}

/** A file for each; none is written over another. */
export class Directory implements Destination {
  isWhole = true;
  readonly #path: string;
  readonly #tell: (text: string) => void;
  #sessions = 0;

  constructor(path: string, tell: (text: string) => void) {
    this.#path = path;
    this.#tell = tell;
  }

  async put(id: string, extension: string, pieces: () => AsyncIterable<string>): Promise<boolean> {
    const path = join(this.#path, fileName(id, extension));
    if (!existsSync(path) && (await writeNewFile(path, pieces()))) {
      this.#sessions++;
      return true;
    }
    this.isWhole = false;
    this.#tell(`${printable(path)} is there already and stays as it is`);
    return false;
  }

  end(): void {
    this.#tell(`${count(this.#sessions, "session")} in ${printable(this.#path)}`);
  }
}

/** One behind the other. */
export class Stream implements Destination {
  readonly isWhole = true;
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  async put(
    _id: string,
    _extension: string,
    pieces: () => AsyncIterable<string>,
  ): Promise<boolean> {
    if (!this.#stream.destroyed) await writeTo(this.#stream, pieces());
    return true;
  }

  end(): void {}
}
