import type { FilePart } from "@opencode-ai/sdk/v2";
import { type Attachment, attachmentFrom } from "../../shared/attachment.ts";
import { isObject, type Loose, type Reader } from "../../shared/read.ts";

/** What a file part names. */
export function attachmentOf(file: Loose<FilePart>, field: string, reader: Reader): Attachment {
  const url = typeof file.url === "string" ? file.url : "";
  const source = isObject(file.source) ? file.source.path : null;
  const name = reader.line(file.filename, `${field}.filename`);
  const type = reader.line(file.mime, `${field}.mime`);
  return attachmentFrom(name, type, url, reader.line(source, `${field}.source.path`));
}
