import { stripVTControlCharacters } from "node:util";
import { asCount, asId, asText, type Json, objectsOf, toldJson } from "../json.ts";
import { type LineEvent, lineEvent } from "../lines/body.ts";
import { wireLine, wireStart, wireText } from "../rows/text.ts";
import { tag } from "./envelopes.ts";
import { type Piece, splitText } from "./split.ts";

/** Most of what was injected that is kept, UTF-16 units: a skill's text may be a book. */
const MAX_INJECTED = 64 * 1024;

/** What says nothing of its own: a warning about the lines behind it, an output that is empty. */
const SILENT = new Set(["caveat", "nothing"]);
const EMPTY =
  /^(?:<(local-command-std(?:out|err)|bash-std(?:out|err))>\s*(?:\(no content\))?<\/\1>\s*)+$/;
const MODEL_SET = /^Set model to (.+)$/m;

/**
 * What Claude Code itself, a hook or a command wrote in the user's name, none of it a human's words.
 * `what` says what it is where its text does not.
 */
export function readInjected(whole: string, what = "note"): LineEvent[] {
  const text = whole.trim();
  if (text === "") return [];
  const { words, pieces } = splitText(text, { isTyped: false, isTold: false });
  if (words === null) return eventsOf(pieces);
  const [first] = pieces;
  return eventsOf([
    { what: first && text.startsWith(first.text) ? first.what : what, text, attributes: {} },
  ]);
}

/** What an IDE or a teammate put beside a prompt in a line of type `attachment`; none where it is another. */
export function readAttached(attachment: Json): LineEvent[] {
  const path = wireLine(asText(attachment.filename));
  switch (attachment.type) {
    case "selected_lines_in_ide": {
      const lines = { from: asCount(attachment.lineStart), to: asCount(attachment.lineEnd) };
      return injectedEvent(asText(attachment.content), { what: "ide", path, lines });
    }
    case "opened_file_in_ide":
      return injectedEvent(path, { what: "ide", path });
    case "diagnostics":
      return injectedEvent(toldJson({ files: attachment.files }), { what: "ide" });
    case "teammate_mailbox":
      return objectsOf(attachment.messages).flatMap(({ from, text, summary }) =>
        injectedEvent(asText(text), {
          what: "teammate",
          from: wireLine(asText(from)),
          summary: wireLine(asText(summary)),
        }),
      );
    default:
      return [];
  }
}

function injectedEvent(text: string | null, data: Json): LineEvent[] {
  return text === null
    ? []
    : [lineEvent("injected", { text: wireStart(text, MAX_INJECTED), data })];
}

/** An event for each piece that says something. */
export function eventsOf(pieces: readonly Piece[]): LineEvent[] {
  return pieces.flatMap((piece) => eventOf(piece) ?? []);
}

function eventOf(piece: Piece): LineEvent | null {
  const { what, text } = piece;
  if (SILENT.has(what) || EMPTY.test(text)) return null;
  if (what === "interrupt") return lineEvent("interrupt", { text: wireText(text) });
  const model = what === "command output" ? modelSetBy(text) : null;
  if (model) return model;
  return lineEvent("injected", {
    text: wireStart(text, MAX_INJECTED),
    toolCallId: what === "task" ? asId(tag(text, "tool-use-id")) : null,
    data: {
      what,
      ...factsOf(piece),
      bytes: text.length > MAX_INJECTED ? Buffer.byteLength(text) : null,
    },
  });
}

/** Whose it is, and of a task in the background that ended or has something to tell which one. */
function factsOf({ what, text, attributes }: Piece): Json {
  if (what === "task") {
    return { taskId: asId(tag(text, "task-id")), status: asId(tag(text, "status")) };
  }
  const { teammate_id, from, source, summary } = attributes;
  return {
    from: wireLine(asText(teammate_id ?? from ?? source)),
    summary: wireLine(asText(summary)),
  };
}

/** `/model` says in its output alone what it chose. */
function modelSetBy(text: string): LineEvent | null {
  const output = stripVTControlCharacters(tag(text, "local-command-stdout") ?? "");
  const to = asText(MODEL_SET.exec(output)?.[1]?.trim());
  if (to === null) return null;
  return lineEvent("model", { text: wireStart(output, MAX_INJECTED), data: { to } });
}
