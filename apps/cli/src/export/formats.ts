import type { SessionSummary } from "@duolog/contract/server";
import { htmlOf } from "./html/html.ts";
import { jsonOf, ndjsonOf } from "./json/json.ts";
import { markdownOf } from "./markdown/markdown.ts";
import type { FormatName } from "./options.ts";
import type { Walk } from "./reading/Walk.ts";

/** How a session becomes a text. */
interface Format {
  extension: string;
  write(session: SessionSummary, walk: Walk): AsyncGenerator<string>;
}

/** Every format that a session can be written in. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  markdown: { extension: "md", write: markdownOf },
  json: { extension: "json", write: jsonOf },
  ndjson: { extension: "ndjson", write: ndjsonOf },
  html: { extension: "html", write: htmlOf },
};
