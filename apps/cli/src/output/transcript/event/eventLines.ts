import { stripVTControlCharacters } from "node:util";
import type { SessionEvent } from "@duolog/contract";
import { count, indented, oneLine, when } from "../../text.ts";
import { objectIn } from "../json.ts";
import { eventFacts } from "./eventFacts.ts";

/** Widest of what is told and of what an event says, columns. */
const WIDTH = { facts: 120, text: 100 };

/** The marks by which agents set off what they say in somebody's name. */
const TAG = /<\/?[a-z][a-z-]*>/g;

/** What an event is shown beside. */
export interface Beside {
  /** What messages say, which an event need not say again. */
  said: ReadonlySet<string>;
  /** Long texts whole. */
  whole: boolean;
}

/** An event in one line, a prompt whole; none of a failure that its message tells. */
export function eventLines(event: SessionEvent, { said, whole }: Beside): string[] {
  const { kind, createdAt } = event;
  const data = objectIn(event.data);
  const isSaid = event.text !== null && said.has(event.text);
  if (isSaid && (kind === "error" || kind === "interrupt")) return [];
  const text = isSaid || event.text === data.model ? null : event.text;
  const short = text === null ? "" : shortened(kind, text);
  const isWhole = text === null || !(whole || kind === "prompt") || short === text.trim();
  const facts = [
    kind ?? "event",
    createdAt !== null && when(createdAt),
    oneLine(eventFacts(kind ?? "", data).join(" · "), WIDTH.facts),
    isWhole && short,
  ];
  return [
    `·· ${oneLine(facts.filter(Boolean).join(" · "), WIDTH.facts + WIDTH.text)}`,
    ...(isWhole ? [] : indented(stripVTControlCharacters(text))),
  ];
}

/** What the text says, of a summary how long it is. */
function shortened(kind: string | null, text: string): string {
  if (kind === "compaction") return `a summary of ${count(text.length, "character")}`;
  const shown = kind === "injected" ? text.replace(TAG, " ") : text;
  return oneLine(stripVTControlCharacters(shown), WIDTH.text);
}
