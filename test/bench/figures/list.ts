import { createRpcClient, type RpcClient } from "@duolog/client";
import Database from "libsql";
import { makeBed } from "../bed.ts";
import { type Effort, type Figure, millis, type Row, timesFloor } from "../figure.ts";
import { fill, fillCalls } from "../fill.ts";
import { callTime, interleave, median } from "../measure.ts";

/** What a list of sessions is made of, by SQLite alone. */
const RAW = `SELECT s.*,
    (SELECT COUNT(*) FROM messages AS m WHERE m.session_id = s.id) AS messages,
    (SELECT COUNT(*) FROM tool_calls AS t WHERE t.session_id = s.id) AS calls
  FROM sessions AS s ORDER BY s.updated_at DESC, s.id DESC LIMIT 50`;

/** Lists in a round, of which the median counts. */
const LISTS = 20;

/** What reading the record takes: a list, and what other reads wait while much is counted. */
export const list: Figure = {
  name: "list",
  async run({ rounds, scale }: Effort) {
    const messages = Math.round(100_000 * scale);
    let file = "";
    await using bed = await makeBed((database) => {
      file = database;
      fill(database, messages);
      fillCalls(database, messages);
    });
    const dataDir = bed.paths.root;
    const options = { clientName: "bench", clientVersion: "0", dataDir, autostart: false };
    const rpc = createRpcClient({ ...options, deadlineMs: 60_000 });
    const beside = createRpcClient(options);
    const rows = [
      await listed(rpc, file, rounds),
      await besideQuestion("tool.list", () => rpc.reader.tool.list(), beside, rounds),
      await besideQuestion(
        "session.list of a tool that is nowhere",
        () => pages(rpc, "nowhere"),
        beside,
        rounds,
      ),
    ];
    await rpc.close();
    await beside.close();
    return rows;
  },
};

async function listed({ reader }: RpcClient, file: string, rounds: number): Promise<Row> {
  const db = new Database(file, { readonly: true } as never);
  const raw = db.prepare(RAW);
  const { sides, ratio } = await interleave(
    rounds,
    () => middle(async () => void (await reader.session.list({ limit: 50 }))),
    () => middle(async () => void raw.all()),
  );
  db.close();
  return timesFloor("list 50 sessions with counts", sides, ratio, 3);
}

async function middle(call: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < LISTS; i += 1) times.push(await callTime(call));
  return median(times);
}

/** All pages of a question that reads every call. */
async function pages({ reader }: RpcClient, tool: string): Promise<void> {
  let cursor: string | null | undefined;
  do {
    const page = await reader.session.list({ limit: 50, tool, cursor: cursor ?? undefined });
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** The longest that another connection's short call waits while the question is answered. */
async function besideQuestion(
  what: string,
  ask: () => Promise<unknown>,
  { reader }: RpcClient,
  rounds: number,
): Promise<Row> {
  const [longest, took]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    let isDone = false;
    const asked = callTime(ask).finally(() => {
      isDone = true;
    });
    const waits: number[] = [];
    while (!isDone) waits.push(await callTime(() => reader.session.get({ id: "ses_filled_1" })));
    longest.push(Math.max(...waits));
    took.push(await asked);
  }
  const wait = median(longest);
  return {
    what: `${what}: longest wait of another read`,
    measured: millis(wait),
    floor: "–",
    ratio: `it took ${millis(median(took))}`,
    reach: "≤ 50 ms",
    met: wait <= 50,
  };
}
