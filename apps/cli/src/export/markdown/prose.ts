import { segmentsOf } from "../fold/segments.ts";
import { entities, fenced } from "./escape.ts";

/** Code within a line; or what may begin a tag or a picture. */
const INLINE = /(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)|<|!\[/g;
/** What a line may begin with before its words: quotes and items of lists. */
const MARKS = String.raw`((?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*[ \t]*)`;
const FENCE = new RegExp(String.raw`^${MARKS}(?=\`{3,}[^\`]*$|~~~)`);
const HEADING = new RegExp(String.raw`^${MARKS}(#{1,6})(?=[ \t]|$)`);
/** Levels that the document itself has. */
const OWN_LEVELS = 3;

/**
 * What somebody said in Markdown, as Markdown that stays within its place: its headings are below the
 * document's, its code is closed, its tags are text and its pictures links.
 */
export function proseLines(text: string): string[] {
  return segmentsOf(text).flatMap(({ isCode, language, lines }) =>
    isCode ? fenced(lines.join("\n"), language) : saidLines(lines),
  );
}

function saidLines(lines: string[]): string[] {
  return lines.flatMap((line, i) => {
    // The last step, for the one before may make a fence of what was none.
    const tame = lowered(line).replace(INLINE, tamed).replace(FENCE, "$1\\");
    // A line of dashes or equal signs makes a heading of the words above it.
    if (!/^[ \t>]*(?:-+|=+)[ \t]*$/.test(tame) || (lines[i - 1] ?? "").trim() === "") return [tame];
    return tame.includes("=") ? [tame.replace("=", "\\=")] : ["", tame];
  });
}

function lowered(line: string): string {
  return line.replace(HEADING, (_, marks: string, level: string) => {
    return marks + "#".repeat(Math.min(6, level.length + OWN_LEVELS));
  });
}

/** Code that could be read as a tag or a picture says it by entities: where a code ends readers differ. */
function tamed(found: string, _ticks?: string, code?: string): string {
  if (code === undefined) return found === "<" ? "&lt;" : "&#33;[";
  return /<|!\[/.test(code) ? `<code>${entities(code.trim())}</code>` : found;
}
