import type { FilePart } from "@opencode-ai/sdk/v2";
import { type Details, detailsFrom, listOf, textIn } from "../../shared/details.ts";
import { isObject, type Loose, type Reader } from "../../shared/read.ts";
import { attachmentOf } from "../message/attachment.ts";
import type { LooseState } from "./call.ts";

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
  const beside = {
    title,
    named: [input.filePath ?? input.path, metadata.filepath, ...listOf(metadata.files)],
    exit: metadata.exit,
    diff: diffOf(metadata),
    images: hasEnded ? imagesOf(state, reader) : [],
    truncated: metadata.truncated,
    outputPath: metadata.outputPath,
  };
  return detailsFrom(beside, directory);
}

/** The patch, of one file or of several. */
function diffOf({ diff, filediff }: Record<string, unknown>): unknown {
  return textIn(diff) ?? (isObject(filediff) ? filediff.patch : null);
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
