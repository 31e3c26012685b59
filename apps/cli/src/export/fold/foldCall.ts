import type { ToolCall } from "@duolog/contract";
import { cutOf } from "../../output/text.ts";
import { inputText } from "../../output/transcript/call/callDetails.ts";
import { callLine } from "../../output/transcript/call/callLine.ts";
import { shorten } from "./shorten.ts";

/** A text of a call under its name. */
export interface Part {
  name: string;
  text: string;
}

/** A tool call as it is told: in a line, and behind it what was given and what came back, shortened. */
export interface FoldedCall {
  line: string;
  parts: Part[];
}

/** Folds a call, each text of it to about so many characters. */
export function foldCall(call: ToolCall, projectPath: string | null, most: number): FoldedCall {
  const { input, inputBytes, output, outputBytes, error } = call;
  const given = input === null || input === "{}" ? null : inputText(input);
  const isSaid = error !== null && output?.includes(error);
  const parts = [
    partOf("input", given, cutOf(input, inputBytes), most),
    partOf("output", output, cutOf(output, outputBytes), most),
    partOf("error", isSaid ? null : error, null, most),
  ];
  return { line: callLine(call, projectPath), parts: parts.filter((part) => part !== null) };
}

function partOf(name: string, text: string | null, cut: string | null, most: number): Part | null {
  if (!text && cut === null) return null;
  return { name: cut === null ? name : `${name} (${cut})`, text: shorten(text ?? "", most) };
}
