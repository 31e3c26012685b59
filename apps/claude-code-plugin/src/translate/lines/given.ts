import { asCount, asObject, asText, type Json } from "../json.ts";
import { lastName } from "../paths.ts";

/** What was given beside a text (an image, a file): its name, mime type, size and place, never its content. */
export interface Given {
  readonly name?: string;
  readonly type: string;
  readonly bytes?: number;
  readonly path?: string;
}

/** The types of blocks that are no text of their own. */
const GIVEN_BLOCKS = new Set(["image", "document"]);

/** The images and documents among content blocks, in order. */
export function givenIn(blocks: readonly Json[]): Given[] {
  return blocks.filter((block) => GIVEN_BLOCKS.has(String(block.type))).map(givenOfBlock);
}

/** https://docs.anthropic.com/en/api/messages: `source` is base64, text, url or file. */
function givenOfBlock(block: Json): Given {
  const source = asObject(block.source);
  return given({
    name: asText(block.title),
    type: asText(source.media_type) ?? String(block.type),
    bytes: bytesOf(source),
    path: asText(source.url),
  });
}

/** What a line of type `attachment` says that a user gave, null where it is something else. */
export function readGiven(attachment: Json): Given | null {
  const path = asText(attachment.filename) ?? asText(attachment.path);
  switch (attachment.type) {
    case "file":
    case "already_read_file":
      return path === null ? null : givenFile(path, asObject(attachment.content));
    case "pdf_reference":
      return path === null ? null : named(path, "application/pdf", attachment.fileSize);
    case "directory":
      return path === null ? null : named(path, "inode/directory", null);
    case "mcp_resource":
      return given({
        name: asText(attachment.name),
        type: "mcp-resource",
        bytes: null,
        path: asText(attachment.uri),
      });
    default:
      return null;
  }
}

/** A file that was mentioned with @; `content` is what a Read of it gives. */
function givenFile(path: string, content: Json): Given {
  const file = asObject(content.file);
  switch (content.type) {
    case "image":
      return named(path, asText(file.type) ?? "image", file.originalSize);
    case "pdf":
      return named(path, "application/pdf", file.originalSize);
    default:
      return named(path, "text/plain", asText(file.content) && byteLength(file.content));
  }
}

function named(path: string, type: string, bytes: unknown): Given {
  return given({ name: lastName(path), type, bytes: asCount(bytes), path });
}

function given(told: {
  name: string | null;
  type: string;
  bytes: number | null;
  path: string | null;
}): Given {
  const { name, type, bytes, path } = told;
  return {
    ...(name !== null && { name }),
    type,
    ...(bytes !== null && { bytes }),
    ...(path !== null && { path }),
  };
}

/** The decoded size of a block's content, bytes; null where it is elsewhere. */
function bytesOf(source: Json): number | null {
  const { type, data } = source;
  if (typeof data !== "string") return null;
  return type === "base64" ? base64Bytes(data) : byteLength(data);
}

/** How many bytes a base64 text stands for. */
function base64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : Number(text.endsWith("="));
  return Math.floor((text.length * 3) / 4) - padding;
}

function byteLength(text: unknown): number {
  return Buffer.byteLength(String(text));
}
