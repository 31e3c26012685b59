/**
 * `npm run soak -- [--minutes N] [--seed N]`: twenty producers, ten of OpenCode's events and ten of
 * Claude's transcripts, play recordings again under new ids while daemon, forwarder and producers
 * are killed at random. At the end the record must equal what a person read from the recordings.
 */
import { readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { dataPaths } from "@duolog/client/local";
import { processorTime } from "../bench/proc.ts";
import { duolog } from "../harness/command.ts";
import { cleanEnv, newDataDir } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { killAtRandom, pidIn, randomFrom } from "./chaos.ts";
import { differences } from "./compare.ts";
import { MemoryWatch } from "./memory.ts";
import { ClaudeProducer, OpencodeProducer, type Producer } from "./producers.ts";
import { claudeTruth, opencodeTruth, type Truth } from "./runs.ts";

const EACH = 10;
/** From then on the daemon lives, so that its memory can be watched. */
const DAEMONS_DIE_UNTIL = 0.6;
/** For all that was spooled and noted to arrive after the last event, ms. */
const ARRIVAL_MS = 90_000;
/** For a daemon with nothing to do: to come to rest, and to be watched, ms. */
const REST_MS = 20_000;
const WATCH_MS = 10_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
});
const minutes = Number(values.minutes);
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`soak: ${minutes} min, seed ${values.seed}`);

const dataDir = realpathSync(newDataDir());
const paths = dataPaths(dataDir);
const configDir = join(dataDir, ".claude");
const env = cleanEnv(dataDir);
const failures: string[] = [];
const check = (holds: boolean, what: string) => {
  say(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failures.push(what);
};

const started = await duolog(dataDir, "start");
check(started.stderr === "", "the daemon starts");
using memory = new MemoryWatch(dataDir);
const numbers = Array.from({ length: EACH }, (_, i) => i);
const opencode = numbers.map((n) => new OpencodeProducer(n, env));
const claude = numbers.map((n) => new ClaudeProducer(EACH + n, configDir, env));
const producers: Producer[] = [...opencode, ...claude];

const length = minutes * 60_000;
const began = performance.now();
const kills = await killAtRandom(
  dataDir,
  // Of Claude Code nothing of ours runs in the producer.
  opencode,
  randomFrom(Number(values.seed)),
  began + length,
  began + length * DAEMONS_DIE_UNTIL,
);
await Promise.all(producers.map((producer) => producer.end()));

const truths: Truth[] = [
  ...opencode.flatMap(({ done }) => done.map(opencodeTruth)),
  ...claude.flatMap(({ done }) => done.map(claudeTruth)),
];
const messages = truths.reduce((sum, truth) => sum + truth.messages.length, 0);
say(`killed: ${JSON.stringify(kills)}; runs: ${truths.length}, messages: ${messages}`);

const waiting = () => readdirSync(paths.spool).length + readdirSync(paths.inbox).length;
const deadline = performance.now() + ARRIVAL_MS;
let different = differences(paths.database, truths);
while ((different.length > 0 || waiting() > 0) && performance.now() < deadline) {
  await sleep(1_000);
  different = differences(paths.database, truths);
}
for (const difference of different) say(`     ${difference}`);
check(different.length === 0, "the record equals the truth");
check(waiting() === 0, `nothing waits in spool/ and inbox/ (${waiting()} files)`);
check(readdirSync(paths.rejected).length === 0, "rejected/ is empty");
const integrity = queryRows(paths.database, "PRAGMA integrity_check");
check(JSON.stringify(integrity) === '[{"integrity_check":"ok"}]', "the database is whole");

const [first, second] = memory.halves();
const halves = `${first.toFixed(0)} MB, then ${second.toFixed(0)} MB, never over ${memory.most().toFixed(0)} MB`;
check(second <= first * 1.2 + 5 && memory.most() <= 300, `the daemon's memory is flat: ${halves}`);

await sleep(REST_MS);
for (const name of ["daemon.pid", "forwarder.pid"] as const) {
  const pid = pidIn(dataDir, name);
  if (pid === null) continue;
  const before = processorTime(pid);
  await sleep(WATCH_MS);
  const percent = ((processorTime(pid) - before) / WATCH_MS) * 100;
  check(percent < 0.5, `${name}: idle CPU ${percent.toFixed(2)} %`);
}

await duolog(dataDir, "stop");
const forwarder = pidIn(dataDir, "forwarder.pid");
if (forwarder !== null) process.kill(forwarder, "SIGTERM");
if (failures.length === 0) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
else say(`left as it is: ${dataDir}`);
process.exit(failures.length === 0 ? 0 : 1);
