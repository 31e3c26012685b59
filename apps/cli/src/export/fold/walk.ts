import type { Call, Entry, SubAgent } from "../../output/transcript/arrange/entry.ts";
import { saidIn } from "../../output/transcript/conversationLines.ts";
import { eventTold } from "./told.ts";

export type MessageEntry = Extract<Entry, { kind: "message" }>;

/** How a format writes each kind of entry. */
export interface Writers {
  message(entry: MessageEntry): Iterable<string>;
  call(call: Call): Iterable<string>;
  /** An event in a line, and what of its text stands below it. */
  event(told: { line: string; text: string }): Iterable<string>;
  subAgent(subAgent: SubAgent): Iterable<string>;
}

/** A conversation in its order; without events that a message tells. */
export function* walk(entries: Entry[], writers: Writers): Generator<string> {
  const said = saidIn(entries);
  for (const entry of entries) {
    switch (entry.kind) {
      case "message":
        yield* writers.message(entry);
        break;
      case "call":
        yield* writers.call(entry.call);
        break;
      case "event": {
        const told = eventTold(entry.event, said);
        if (told) yield* writers.event(told);
        break;
      }
      case "subAgent":
        yield* writers.subAgent(entry.subAgent);
    }
  }
}
