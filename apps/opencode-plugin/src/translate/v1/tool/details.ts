import { storable } from "@duolog/contract";
import type { FilePart } from "@opencode-ai/sdk/v2";
import { absolutePath } from "../../shared/path.ts";
import { isObject, type Loose, type Reader } from "../../shared/read.ts";
import { cut, factsJson } from "../../shared/text.ts";
import { attachmentOf } from "../message/attachment.ts";
import type { LooseState } from "./call.ts";

/** Longest diff kept, UTF-16 units. */
const MAX_DIFF = 1_000_000;

/** What a call touched, and what else is told of it as JSON. */
export interface Details {
  readonly filePath: string | null;
  readonly data: string | null;
}

/**
 * The files that a call names, and its exit code, title, diff and the like. Never a whole file:
 * of `metadata`, which holds some (`filediff`, `files`), only what is named here is taken.
 */
export function detailsOf(
  state: LooseState,
  hasEnded: boolean,
  directory: string | null,
  reader: Reader,
): Details {
  const title = reader.line(state.title, "part.state.title");
  const input = isObject(state.input) ? state.input : {};
  const metadata = hasEnded && isObject(state.metadata) ? state.metadata : {};
  const named = [input.filePath ?? input.path, metadata.filepath, ...listOf(metadata.files)];
  const [filePath = null, ...files] = new Set(
    named.map((file) => absolutePath(pathIn(file), directory)).filter((path) => path !== null),
  );
  const data = factsJson({
    exitCode: Number.isSafeInteger(metadata.exit) ? metadata.exit : null,
    title,
    diff: diffOf(metadata),
    images: hasEnded ? imagesOf(state, reader) : [],
    files,
    truncated: metadata.truncated === true ? true : null,
    outputPath: textIn(metadata.outputPath),
  });
  return { filePath, data };
}

/** The patch, of one file or of several. */
function diffOf(metadata: Record<string, unknown>): string | null {
  const { diff, filediff } = metadata;
  const patch = textIn(diff) ?? (isObject(filediff) ? textIn(filediff.patch) : null);
  return patch === null ? null : cut(patch, MAX_DIFF);
}

/** Type and decoded size of what the model got beside the output. */
function imagesOf(state: LooseState, reader: Reader): object[] {
  return listOf(state.attachments)
    .filter(isObject)
    .map((file) => {
      const { type, bytes } = attachmentOf(file as Loose<FilePart>, "attachments", reader);
      return { type, bytes };
    });
}

/** A file as `metadata.files` names it: a path, or an object with one. */
function pathIn(file: unknown): string | null {
  const path = isObject(file) ? (file.filePath ?? file.file ?? file.path) : file;
  return textIn(path);
}

function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? storable(value) : null;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
