import { attachmentFrom, base64Bytes } from "../../shared/attachment.ts";
import { isObject, type Reader } from "../../shared/read.ts";
import { jsonOf } from "../../shared/text.ts";
import { readObjects } from "../read.ts";

/**
 * A prompt's files (`{data, mime, source: {type: inline} | {type: uri, uri}, name?}`) as JSON: never
 * their content. Null where there are none.
 */
export function attachmentsOf(files: unknown, field: string, reader: Reader): string | null {
  const all = readObjects(files, field, reader).map((file) => {
    const uri = isObject(file.source) ? file.source.uri : file.uri;
    const name = reader.line(file.name, `${field}.name`);
    const type = reader.line(file.mime, `${field}.mime`);
    const told = attachmentFrom(name, type, typeof uri === "string" ? uri : "", null);
    const isInline = typeof file.data === "string" && told.bytes === undefined && !told.path;
    const bytes = isInline ? base64Bytes(String(file.data)) : null;
    return bytes === null ? told : { ...told, bytes };
  });
  return all.length > 0 ? jsonOf(all) : null;
}
