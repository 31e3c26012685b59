import type { CostMode, UsageBlock } from "@duolog/contract";
import { readThroughDaemon } from "../../daemon/read.ts";
import { type Output, show } from "../../output/output.ts";
import type { Place } from "../../place.ts";
import { catchUp } from "../catchUp.ts";
import { blocksJson } from "./blocksJson.ts";
import { blocksText } from "./blocksText.ts";

/** Which windows of Claude's plans. Times epoch ms. */
export interface BlocksOptions {
  mode: CostMode;
  /** Only the one that goes on. */
  active: boolean;
  since: number | undefined;
  now: number;
  progress: ((text: string) => void) | null;
}

/** Tells the windows of Claude's plans. Throws Failure. */
export async function blocks(
  place: Place,
  env: NodeJS.ProcessEnv,
  { mode, active, since, now, progress }: BlocksOptions,
  output: Output,
): Promise<void> {
  const all = await readThroughDaemon(place, env, async (reader) => {
    await catchUp(reader, progress);
    return reader.usage.blocks({ mode, since });
  });
  const told = active ? all.filter(({ isActive }) => isActive) : all;
  if (output.json) show(output, blocksJson(told, now), String);
  else output.write(textOf(told, now, active));
}

function textOf(told: UsageBlock[], now: number, active: boolean): string {
  if (told.length > 0) return blocksText(told, now);
  return active ? "no window is open\n" : "nothing used\n";
}
