import { asText, type Json } from "../json.ts";
import { isHuman, readSaid } from "../said/prompt.ts";
import { blocksOf, textsIn } from "./blocks.ts";
import type { Body } from "./body.ts";

/**
 * Reads a line of type `queue-operation`: a text was put into the queue of what waits for the turn
 * that runs (`enqueue`), or left it: as a turn of its own (`dequeue`), into the running one (`remove`),
 * or back to where it was typed (`popAll`). `dequeue` never tells which, the others mostly.
 */
export function readQueueOperation(line: Json): Body | string {
  const operation = asText(line.operation);
  if (operation === null) return "queue-operation: no operation";
  const { content } = line;
  const isContent = typeof content === "string" || Array.isArray(content);
  const said = isContent ? readSaid(line, content) : null;
  const text = asText(textsIn(blocksOf(content)).join("\n\n"));
  return {
    kind: "queue",
    operation,
    text,
    reason: asText(line.reason),
    // A command runs when the turn is over, and its own line tells it.
    isPrompt: said !== null && isHuman(said) && !text?.startsWith("/"),
    words: said?.text ?? null,
    given: said?.given ?? [],
  };
}
