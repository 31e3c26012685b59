import { execFileSync } from "node:child_process";
import { openSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRpcClient, type RpcReader } from "@duolog/client";
import { USAGE_BY } from "@duolog/contract";
import { DUOLOG } from "../../harness/daemon.ts";
import { type Bed, makeBed } from "../bed.ts";
import { writeTranscripts } from "../corpus/transcripts.ts";
import { addedTime, type Effort, type Figure, millis, type Row, timesFloor } from "../figure.ts";
import { fillUsed } from "../fillUsed.ts";
import { callTime, interleave, median, programTime, quantile } from "../measure.ts";

const SESSIONS = 2_000;
const MESSAGES = 1_000_000;
/** Upserts whose times are looked at. */
const UPSERTS = 400;

const CCUSAGE = join(
  dirname(createRequire(import.meta.url).resolve("ccusage/package.json")),
  "src",
  "cli.js",
);

/** Totals: against ccusage on the same files, on a large record, and what keeping them costs. */
export const usage: Figure = {
  name: "usage",
  async run(effort: Effort) {
    return [...(await againstCcusage(effort)), ...(await onLargeRecord(effort))];
  },
};

async function againstCcusage({ rounds, scale }: Effort): Promise<Row[]> {
  await using bed = await makeBed();
  const { env, paths } = bed;
  const config = join(paths.root, ".claude");
  writeTranscripts(config, Math.round(SESSIONS * scale));
  execFileSync(process.execPath, [DUOLOG, "import", "--claude-code", config], { env });
  // The search index is built meanwhile, and is not what is measured.
  execFileSync(process.execPath, [DUOLOG, "search", "--wait", "nothing"], { env });
  const ours = () => programTime(process.execPath, [DUOLOG, "usage", "monthly", "--json"], { env });
  const theirEnv = { ...env, CLAUDE_CONFIG_DIR: config };
  const theirs = () =>
    programTime(process.execPath, [CCUSAGE, "monthly", "--json", "--offline"], { env: theirEnv });
  const { sides, ratio } = await interleave(rounds, ours, theirs);
  return [
    timesFloor("usage monthly, 2,000 sessions, against ccusage's", sides, ratio, 0.3),
    await statuslineRow(bed, rounds),
  ];
}

async function statuslineRow({ env }: Bed, rounds: number): Promise<Row> {
  const input = join(tmpdir(), `duolog-statusline-${process.pid}.json`);
  writeFileSync(input, '{"session_id":"s","model":{"display_name":"Opus"}}');
  try {
    const { sides, ratio } = await interleave(
      rounds * 2,
      () =>
        programTime(process.execPath, [DUOLOG, "statusline"], { env, stdin: openSync(input, "r") }),
      () => programTime(process.execPath, ["-e", "0"], { env }),
    );
    return timesFloor("statusline, against `node -e 0`", sides, ratio, 4);
  } finally {
    rmSync(input);
  }
}

async function onLargeRecord({ rounds, scale }: Effort): Promise<Row[]> {
  await using bed = await makeBed((database) => fillUsed(database, Math.round(MESSAGES * scale)));
  const rpc = createRpcClient({
    clientName: "bench",
    clientVersion: "0",
    dataDir: bed.paths.root,
    autostart: false,
    deadlineMs: 60_000,
  });
  try {
    let n = 0;
    const upsert = async () => {
      const id = `kept_${n++}`;
      const data = {
        id,
        sessionId: `s${n % 10}`,
        role: "assistant",
        promptTokens: n,
        createdAt: n,
      };
      await rpc.ingest([{ kind: "message", data }]);
    };
    const during = await p99(upsert);
    const built = await callTime(() => catchUp(rpc.reader));
    const after = await p99(upsert);
    await catchUp(rpc.reader);
    return [
      builtRow(built, scale),
      addedTime(
        "one upsert's p99 while the totals are made",
        { measured: during, floor: after },
        during - after,
        25,
      ),
      ...(await questionRows(rpc.reader, rounds)),
    ];
  } finally {
    await rpc.close();
  }
}

async function p99(call: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < UPSERTS; i++) times.push(await callTime(call));
  return quantile(times, 0.99);
}

async function catchUp(reader: RpcReader): Promise<void> {
  for (;;) {
    const { sessions, isSure, unpriced } = await reader.usage.catchUp({ waitMs: 1_000 });
    if (isSure && sessions === 0 && unpriced === 0) return;
  }
}

function builtRow(ms: number, scale: number): Row {
  const messages = Math.round(MESSAGES * scale).toLocaleString("en");
  return {
    what: `the totals of ${messages} messages, made anew`,
    measured: `${(ms / 1_000).toFixed(1)} s`,
    floor: "–",
    ratio: "",
    reach: "",
    met: true,
  };
}

async function questionRows(reader: RpcReader, rounds: number): Promise<Row[]> {
  const times: [name: string, ms: number][] = [];
  for (const by of USAGE_BY) {
    const ask = () => reader.usage.report({ by, timezone: "Europe/Berlin" });
    times.push([by, await medianOf(rounds, ask)]);
  }
  times.push(["blocks", await medianOf(rounds, () => reader.usage.blocks({}))]);
  const [slowest, ms] = times.toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
  const all = times.map(([name, time]) => `${name} ${time.toFixed(0)}`).join(", ");
  return [
    {
      what: `any question about usage; the slowest, by ${slowest} (${all})`,
      measured: millis(ms),
      floor: "–",
      ratio: "",
      reach: "≤ 200 ms",
      met: ms <= 200,
    },
  ];
}

async function medianOf(rounds: number, ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) times.push(await callTime(ask));
  return median(times);
}
