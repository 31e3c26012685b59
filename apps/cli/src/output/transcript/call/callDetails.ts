import { stripVTControlCharacters } from "node:util";
import type { ToolCall } from "@duolog/contract";
import { cutOf, indented, oneLine } from "../../text.ts";
import { objectIn } from "../json.ts";

/** The input and output of a call whole, and its error where the output does not say it. */
export function callDetails(call: ToolCall): string[] {
  const { input, inputBytes, output, outputBytes, error } = call;
  const isSaid = error !== null && output?.includes(error);
  return [
    ...section(
      "input",
      input === null || input === "{}" ? null : inputText(input),
      cutOf(input, inputBytes),
    ),
    ...section("output", output, cutOf(output, outputBytes)),
    ...section("error", isSaid ? null : error, null),
  ];
}

function section(name: string, text: string | null, cut: string | null): string[] {
  if (text === null && cut === null) return [];
  const heading = cut === null ? `${name}:` : `${name} (${cut}):`;
  return [heading, ...indented(stripVTControlCharacters(text ?? ""))];
}

/** Field by field with texts as they are, which as JSON no one reads. */
export function inputText(input: string): string {
  const fields = Object.entries(objectIn(input));
  if (fields.length === 0) return input;
  return fields.map(([name, value]) => fieldText(oneLine(name, 80), value)).join("\n");
}

function fieldText(name: string, value: unknown): string {
  if (typeof value !== "string") return `${name}: ${JSON.stringify(value, null, 2)}`;
  return value.includes("\n") ? `${name}:\n${indented(value).join("\n")}` : `${name}: ${value}`;
}
