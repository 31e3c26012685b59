import type { Answer, Part } from "../state.ts";

/** A part of the attempt under way; null where it was not told of. */
export function partOf({ parts }: Answer, type: Part["type"], name: string): Part | null {
  return parts.find((part) => !part.isDropped && part.type === type && part.name === name) ?? null;
}

/** The latest of these calls, of whichever attempt. */
export function anyCall({ parts }: Answer, name: string): Part | null {
  return parts.findLast((part) => part.type === "tool" && part.name === name) ?? null;
}

/** The answer with these facts of a part: a known part keeps its place, a new one is the last. */
export function withPart(
  answer: Answer,
  type: Part["type"],
  name: string,
  facts: Partial<Part>,
): Answer {
  const known = partOf(answer, type, name);
  const blank: Part = { type, name, text: "", call: null, isDropped: false };
  const part = { ...(known ?? blank), ...facts };
  const parts = known
    ? answer.parts.map((each) => (each === known ? part : each))
    : [...answer.parts, part];
  return { ...answer, parts };
}

/** A call's place among all that its answer's attempts put out, from 0; null where that may not be all. */
export function positionOf(answer: Answer, part: Part): number | null {
  return answer.attempt === null ? null : answer.parts.indexOf(part);
}
