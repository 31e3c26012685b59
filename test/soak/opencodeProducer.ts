/**
 * Stands for OpenCode: tells the built plugin's hooks the events of run after run, and prints a
 * line with the number of each that is over. Ends with its stdin, after the run under way, as
 * OpenCode does: by `dispose`. Arguments: the producer's number, that of its first run, ms between events.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { opencodeEvents } from "./runs.ts";

interface Plugin {
  default(): Promise<{
    event(input: { event: unknown }): Promise<void>;
    dispose(): Promise<void>;
  }>;
}

const [producer, first, pause] = process.argv.slice(2).map(Number) as [number, number, number];
// The events' ids tell the recording's time, and the plugin believes an id within a day of its clock.
let now = Date.now();
Date.now = () => now;
const file = fileURLToPath(new URL("../../apps/opencode-plugin/dist/plugin.js", import.meta.url));
const hooks = await ((await import(file)) as Plugin).default();

let ending = false;
process.stdin.resume().once("end", () => {
  ending = true;
});

for (let n = first; n === first || !ending; n += 1) {
  for (const { event, t } of opencodeEvents({ producer, n })) {
    now = t;
    await hooks.event({ event });
    await sleep(Math.random() * 2 * pause);
  }
  process.stdout.write(`${n}\n`);
}
await hooks.dispose();
process.exit(0);
