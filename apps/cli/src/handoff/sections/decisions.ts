import type { SessionEvent, ToolCall } from "@duolog/contract";
import { oneLine } from "../../output/text.ts";
import { fieldOf, listOf, parsed } from "../inputs.ts";

/** Longest line of a decision, in characters. */
const WIDTH = 300;

/** What the user decided: answers to questions, plans, refusals, and words said into a tool's result. */
export function decisionsOf(calls: readonly ToolCall[], events: readonly SessionEvent[]): string[] {
  const decided = [
    ...calls.flatMap((call) => decidedBy(call).map((line) => ({ at: call.createdAt, line }))),
    ...events
      .filter(({ kind, text }) => kind === "reply" && text)
      .map(({ createdAt, text }) => ({ at: createdAt, line: `the user said: ${text}` })),
  ];
  return decided
    .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
    .map(({ line }) => `- ${oneLine(line, WIDTH)}`);
}

function decidedBy(call: ToolCall): string[] {
  const { kind, status, name, output } = call;
  const input = parsed(call.input);
  const plan = fieldOf(input, "plan");
  if (typeof plan === "string") {
    return [`a plan was ${status === "success" ? "approved" : "not approved"}: ${plan}`];
  }
  if (kind === "question" && status === "success") {
    const asked = listOf(input, "questions").map((one) => String(fieldOf(one, "question") ?? ""));
    return [`${asked.join(" / ") || name}: ${output ?? ""}`];
  }
  if (status === "denied") return [`refused: ${name} ${call.input ?? ""}`];
  return [];
}
