import type { ToolSummary } from "@duolog/contract";
import type { Filter, ToolList } from "@duolog/contract/server";
import { readThroughDaemon } from "../../daemon/read.ts";
import { type Output, show } from "../../output/output.ts";
import { columns, duration, oneLine } from "../../output/text.ts";
import type { Place } from "../../place.ts";

/** Tells what the calls of each tool came to. */
export async function tools(
  place: Place,
  env: NodeJS.ProcessEnv,
  filter: Omit<Filter, "role">,
  output: Output,
): Promise<void> {
  const found = await readThroughDaemon(place, env, (reader) => reader.tool.list(filter));
  show(output, found, toolsText);
}

const HEADINGS = ["TOOL", "CALLS", "FAILED", "DENIED", "INTERRUPTED", "MEDIAN", "LONGEST"];

function toolsText({ tools, complete }: ToolList): string {
  const partial = complete ? "" : "not all calls were counted in time: narrow the question\n";
  if (tools.length === 0) return partial || "no tool calls\n";
  return columns([HEADINGS, ...tools.map(toolRow)]) + partial;
}

function toolRow(tool: ToolSummary): string[] {
  const { name, calls, errors, denied, interrupted, medianMs, longestMs } = tool;
  return [
    oneLine(name, 60) || "-",
    ...[calls, errors, denied, interrupted].map((number) => number.toLocaleString("en-US")),
    ...[medianMs, longestMs].map((ms) => (ms === null ? "-" : duration(ms))),
  ];
}
