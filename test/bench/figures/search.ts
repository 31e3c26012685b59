import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpcClient, type RpcClient } from "@duolog/client";
import Database from "libsql";
import { DUOLOG } from "../../harness/daemon.ts";
import { type Bed, makeBed } from "../bed.ts";
import { type Effort, type Figure, millis, type Row, shareOfFloor, timesFloor } from "../figure.ts";
import { callTime, interleave, median, programTime, quantile } from "../measure.ts";
import { pidOf, residentBytes } from "../proc.ts";
import { bundleScript } from "../scripts.ts";
import { type Filled, fillSearchable } from "../searchable.ts";
import { sendRate } from "./throughput.ts";

/** Questions of a kind in a round. */
const ASKED = 100;
/** Records that are sent in a round. */
const SENT = 10_000;

/** The search over a record that is indexed, and what the index costs. */
export const search: Figure = {
  name: "search",
  async run(effort: Effort) {
    let filled: Filled | null = null;
    await using bed = await makeBed((database) => {
      filled = fillSearchable(database, effort.rows);
    });
    const { bytes, rare, common } = filled as unknown as Filled;
    const rpc = clientOf(bed);
    const of = `, ${effort.rows.toLocaleString("en")} messages`;
    const built = await build(rpc, effort.rows, of);
    const rows = [
      built,
      indexSize(bed, bytes),
      await rareWord(bed, rpc, rare, effort, of),
      await asked(`search, commonest word, newest ten, one per session${of}`, 20, rpc, {
        words: common,
      }),
      await asked(`search, best first, commonest word${of}`, 60, rpc, {
        words: common,
        sort: "best",
      }),
      await asked(`search, beginning of a word${of}`, 50, rpc, { words: `${common.slice(0, 3)}*` }),
      await memory(bed),
      await command(bed, rare, effort),
      await upsertBeside(rpc, effort),
    ];
    await rpc.close();
    return [...rows, await heldBack(effort)];
  },
};

function clientOf(bed: Bed): RpcClient {
  return createRpcClient({
    clientName: "bench",
    clientVersion: "0",
    dataDir: bed.paths.root,
    autostart: false,
    deadlineMs: 120_000,
  });
}

async function build(rpc: RpcClient, messages: number, of: string): Promise<Row> {
  const began = performance.now();
  await rpc.maintainer.rebuildSearch();
  await untilWhole(rpc);
  const each = ((performance.now() - began) * 1_000) / messages;
  return {
    what: `the index built${of}, for each message with its share of calls`,
    measured: `${each.toFixed(0)} µs`,
    floor: "–",
    ratio: "",
    reach: "≤ 300 µs",
    met: each <= 300,
  };
}

async function untilWhole(rpc: RpcClient): Promise<void> {
  for (;;) {
    const { behind, problem } = await rpc.reader.search.state();
    if (problem !== null) throw new Error(problem);
    if (behind === 0) return;
    await sleep(100);
  }
}

function indexSize({ paths }: Bed, bytes: number): Row {
  const db = new Database(join(paths.root, "search.db"));
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
  const size = statSync(join(paths.root, "search.db")).size;
  const ratio = size / bytes;
  return {
    what: "search.db, against the bytes of the text",
    measured: `${(size / 1e6).toFixed(1)} MB`,
    floor: `${(bytes / 1e6).toFixed(1)} MB`,
    ratio: `${ratio.toFixed(2)} ×`,
    reach: "≤ 0.7 ×",
    met: ratio <= 0.7,
  };
}

/** Through client and daemon, against the same question to FTS5 and a call that does nothing. */
async function rareWord(
  { paths }: Bed,
  rpc: RpcClient,
  word: string,
  { rounds }: Effort,
  of: string,
): Promise<Row> {
  const db = new Database(join(paths.root, "search.db"));
  const raw = db.prepare(
    "SELECT rowid FROM messages_texts WHERE messages_texts MATCH ? ORDER BY rowid DESC LIMIT 10",
  );
  const all: number[] = [];
  const times = async (call: () => Promise<unknown>, into: number[] = []) => {
    for (let n = 0; n < ASKED; n++) into.push(await callTime(call));
    return median(into.slice(-ASKED));
  };
  const { sides, ratio } = await interleave(
    rounds,
    () => times(() => rpc.reader.search.find({ words: word }), all),
    async () => (await times(() => rpc.health())) + (await times(async () => raw.all(`"${word}"`))),
  );
  db.close();
  const p99 = quantile(all, 0.99);
  const row = timesFloor(`search, rare word, first ten${of}`, sides, ratio, 3);
  return {
    ...row,
    ratio: `${row.ratio}, p99 ${millis(p99)}`,
    reach: "≤ 3 ×, p99 ≤ 10 ms",
    met: row.met && p99 <= 10,
  };
}

async function asked(
  what: string,
  reach: number,
  rpc: RpcClient,
  query: { words: string; sort?: "best" },
): Promise<Row> {
  const times: number[] = [];
  for (let n = 0; n < ASKED; n++) times.push(await callTime(() => rpc.reader.search.find(query)));
  const p99 = quantile(times, 0.99);
  return {
    what,
    measured: millis(median(times)),
    floor: "–",
    ratio: `p99 ${millis(p99)}`,
    reach: `p99 ≤ ${reach} ms`,
    met: p99 <= reach,
  };
}

/** Garbage is collected when it is quiet, and the index closed. */
const REST_MS = 30_000;

async function memory({ daemon }: Bed): Promise<Row> {
  await sleep(REST_MS);
  const megabytes = residentBytes(pidOf(daemon.process)) / 1e6;
  return {
    what: "daemon memory, having built the index and searched",
    measured: `${megabytes.toFixed(0)} MB`,
    floor: "–",
    ratio: "",
    reach: "≤ 130 MB",
    met: megabytes <= 130,
  };
}

async function command({ env }: Bed, word: string, { rounds }: Effort): Promise<Row> {
  const { sides, ratio } = await interleave(
    rounds,
    () => programTime(process.execPath, [DUOLOG, "search", word], { env }),
    () => programTime(process.execPath, ["-e", "0"], { env }),
  );
  return timesFloor("`duolog search` as a process, against `node -e 0`", sides, ratio, 5);
}

/** The slowest of a hundred upserts while the index is built, against those without. */
async function upsertBeside(rpc: RpcClient, { rounds }: Effort): Promise<Row> {
  let n = 0;
  const slowest = async () => {
    const times: number[] = [];
    for (let i = 0; i < ASKED; i++) {
      n += 1;
      const told = {
        id: `beside_${n}`,
        source: "opencode",
        updatedAt: 1_700_000_000_000 + n,
      } as const;
      times.push(await callTime(() => rpc.upsertSession(told)));
      await sleep(5);
    }
    return quantile(times, 0.99);
  };
  const { sides, difference } = await interleave(
    Math.min(rounds, 5),
    async () => {
      await rpc.maintainer.rebuildSearch();
      const time = await slowest();
      if ((await rpc.reader.search.state()).behind === 0)
        throw new Error("the index was whole too soon");
      return time;
    },
    async () => {
      await untilWhole(rpc);
      return slowest();
    },
  );
  return {
    what: "one upsert's p99 while the index catches up, against without",
    measured: millis(sides.measured),
    floor: millis(sides.floor),
    ratio: `+${millis(difference)}`,
    reach: "≤ +25 ms",
    met: difference <= 25,
  };
}

/** Recording with the index behind it, against a daemon whose index can't be (a directory has its name). */
async function heldBack({ rounds }: Effort): Promise<Row> {
  const script = await bundleScript("sender");
  await using withIndex = await makeBed();
  await using without = await makeBed((database) => {
    mkdirSync(join(database, "..", "search.db"));
  });
  let round = 0;
  const rate = (bed: Bed) => {
    round += 1;
    return sendRate(script, bed, { how: "ingest", sender: `beside${round}`, count: SENT });
  };
  const { sides, ratio } = await interleave(
    rounds,
    () => rate(withIndex),
    () => rate(without),
  );
  return shareOfFloor(
    "durable messages, the index behind them, against without",
    sides,
    ratio,
    0.8,
  );
}
