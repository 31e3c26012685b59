import { utf8Bytes } from "./text.ts";

/** What was given beside a text: never the content. `bytes` is the decoded size of what came inline. */
export interface Attachment {
  readonly name?: string;
  readonly type?: string;
  readonly bytes?: number;
  readonly path?: string;
}

/** What is known of one file: its name, media type and URL, and a path that is told beside. */
export function attachmentFrom(
  name: string | null,
  type: string | null,
  url: string,
  besidePath: string | null,
): Attachment {
  const bytes = url.startsWith("data:") ? dataUrlBytes(url) : null;
  const path = pathOfUrl(url) ?? besidePath;
  return {
    ...(name ? { name } : {}),
    ...(type ? { type } : {}),
    ...(bytes === null ? {} : { bytes }),
    ...(path ? { path } : {}),
  };
}

/** Bytes of what a `data:` URL holds, decoded; null where it is none. */
export function dataUrlBytes(url: string): number | null {
  const comma = url.indexOf(",");
  if (comma < 0) return null;
  if (!url.slice(0, comma).endsWith(";base64")) return utf8Bytes(decoded(url.slice(comma + 1)));
  return base64Bytes(url.slice(comma + 1));
}

/** Bytes of what a base64 text holds, decoded. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : Number(text.endsWith("="));
  return Math.max(0, Math.floor(((text.length - padding) * 3) / 4));
}

/** The file that a `file:` URL names, absolute; null for any other. */
function pathOfUrl(url: string): string | null {
  if (!url.startsWith("file:") || !URL.canParse(url)) return null;
  const path = decoded(new URL(url).pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
