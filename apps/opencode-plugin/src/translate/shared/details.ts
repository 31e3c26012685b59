import { storable } from "@duolog/contract";
import { absolutePath } from "./path.ts";
import { isObject } from "./read.ts";
import { cut, factsJson } from "./text.ts";

/** Longest diff kept, UTF-16 units. */
const MAX_DIFF = 1_000_000;

/** What a call touched, and what else is told of it as JSON. */
export interface Details {
  readonly filePath: string | null;
  readonly data: string | null;
}

/** What is told of a call beside input, output and error; anything where the types say `unknown`. */
export interface Beside {
  readonly title?: string | null;
  /** The files that it names: paths, or objects with one. The first is the call's own. */
  readonly named: readonly unknown[];
  readonly exit?: unknown;
  readonly diff?: unknown;
  /** Type and size of what the model got beside the output. */
  readonly images?: readonly object[];
  readonly truncated?: unknown;
  readonly outputPath?: unknown;
  /** The kind of its error. */
  readonly errorType?: string | null;
}

/** The files that a call names, absolute, and its exit code, title, diff and the like. */
export function detailsFrom(beside: Beside, directory: string | null): Details {
  const [filePath = null, ...files] = new Set(
    beside.named
      .map((file) => absolutePath(pathIn(file), directory))
      .filter((path) => path !== null),
  );
  const diff = textIn(beside.diff);
  const data = factsJson({
    exitCode: Number.isSafeInteger(beside.exit) ? beside.exit : null,
    title: beside.title,
    diff: diff === null ? null : cut(diff, MAX_DIFF),
    images: beside.images,
    files,
    truncated: beside.truncated === true ? true : null,
    outputPath: textIn(beside.outputPath),
    errorType: beside.errorType,
  });
  return { filePath, data };
}

/** A text that is there and not empty, storable. */
export function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? storable(value) : null;
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function pathIn(file: unknown): string | null {
  const path = isObject(file) ? (file.filePath ?? file.file ?? file.path) : file;
  return textIn(path);
}
