import type {
  IngestRecord,
  MessageUpsert,
  SessionEventUpsert,
  SessionUpsert,
  ToolCallUpsert,
} from "@duolog/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

const T = 1_769_760_000_000;

type In<Upsert> = Omit<Upsert, "sessionId">;
/** A record of the case's session. */
type Told = (sessionId: string) => IngestRecord;

const session =
  (data: Omit<SessionUpsert, "id">): Told =>
  (id) => ({ kind: "session", data: { id, observedAt: T, ...data } });
const message =
  (data: In<MessageUpsert>): Told =>
  (sessionId) => ({ kind: "message", data: { sessionId, observedAt: T, ...data } });
const call =
  (data: In<ToolCallUpsert>): Told =>
  (sessionId) => ({ kind: "toolCall", data: { sessionId, observedAt: T, ...data } });
const event =
  (data: In<SessionEventUpsert>): Told =>
  (sessionId) => ({ kind: "event", data: { sessionId, observedAt: T, ...data } });

let daemon: TestDaemon;
let rpc: ReturnType<typeof testClient>;
beforeAll(async () => {
  daemon = await TestDaemon.start();
  rpc = testClient(daemon.paths.root);
});
afterAll(async () => {
  await rpc.close();
  await daemon[Symbol.asyncDispose]();
});

const rowsOf = (table: string, sessionId: string) =>
  queryRows(
    daemon.paths.database,
    `SELECT * FROM ${table} WHERE session_id = ? ORDER BY id`,
    sessionId,
  );

/** Every order of up to three records, else each rotation of the order and of its reverse. */
function ordersOf<Item>(items: Item[]): Item[][] {
  if (items.length > 3) {
    return [items, items.toReversed()].flatMap((order) =>
      order.map((_, i) => [...order.slice(i), ...order.slice(0, i)]),
    );
  }
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => ordersOf(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

let sessions = 0;

/** Tells all in each order, one by one and all at once, each in a session of its own. */
async function inEachOrder(told: Told[], check: (sessionId: string) => void): Promise<void> {
  for (const order of ordersOf(told)) {
    for (const size of [1, told.length]) {
      const id = `s${++sessions}`;
      const records = order.map((tell) => tell(id));
      for (let from = 0; from < records.length; from += size) {
        await rpc.ingest(records.slice(from, from + size));
      }
      check(id);
      await expectRepeatWritesNothing(id, records);
    }
  }
}

async function expectRepeatWritesNothing(id: string, records: IngestRecord[]): Promise<void> {
  const read = () => ["messages", "tool_calls", "session_events"].map((table) => rowsOf(table, id));
  const before = read();
  const answer = await rpc.ingest(records);
  const results = answer.status === "answered" ? answer.results : [];
  expect(results).toEqual(records.map(() => ({ ok: true, changed: false })));
  expect(read()).toEqual(before);
}

const M1 = message({ id: "m1", role: "assistant", createdAt: T + 10 });
const RUNNING = { id: "c", messageId: "m1", status: "running", createdAt: T + 12 };
const LATER = message({ id: "m2", createdAt: T + 20 });
const AGENT = { agentId: "a1", isSidechain: true };

describe("M8: a call that never ended", () => {
  const CASES: [what: string, told: Told[], status: string | null, inferred: 0 | 1][] = [
    ["is running while nothing follows", [M1, call(RUNNING)], "running", 0],
    ["is interrupted by a later message", [M1, call(RUNNING), LATER], "interrupted", 1],
    [
      "is running beside a message of its own time, and beside its own message, whenever that was",
      [
        message({ id: "m1", createdAt: T + 90 }),
        call(RUNNING),
        message({ id: "m2", createdAt: T + 12 }),
      ],
      "running",
      0,
    ],
    [
      "is running while its sub-agent speaks",
      [M1, call(RUNNING), message({ id: "m2", createdAt: T + 20, ...AGENT })],
      "running",
      0,
    ],
    [
      "of a sub-agent is running whatever the main conversation says",
      [message({ id: "m1", createdAt: T + 10, ...AGENT }), call({ ...RUNNING, ...AGENT }), LATER],
      "running",
      0,
    ],
    [
      "of a sub-agent is interrupted by its own later message",
      [call({ ...RUNNING, ...AGENT }), message({ id: "m2", createdAt: T + 20, ...AGENT })],
      "interrupted",
      1,
    ],
    [
      "of a sub-agent is running while another one speaks",
      [
        call({ ...RUNNING, ...AGENT }),
        message({ id: "m2", createdAt: T + 20, agentId: "a2", isSidechain: true }),
      ],
      "running",
      0,
    ],
    [
      "is interrupted by the session's end",
      [M1, call(RUNNING), session({ endedAt: T + 30 })],
      "interrupted",
      1,
    ],
    [
      "is running where the session had ended before it",
      [M1, call(RUNNING), session({ endedAt: T + 5 })],
      "running",
      0,
    ],
    [
      "without a time is interrupted by an end alone",
      [call({ id: "c", status: "running" }), LATER, session({ endedAt: T + 30 })],
      "interrupted",
      1,
    ],
    [
      "without a time is running beside messages",
      [call({ id: "c", status: "running" }), LATER],
      "running",
      0,
    ],
    [
      "told of as running again is interrupted still",
      [call(RUNNING), LATER, call({ ...RUNNING, observedAt: T + 50 })],
      "interrupted",
      1,
    ],
    ...["success", "error", "denied", "interrupted"].map((status): (typeof CASES)[number] => [
      `becomes what the agent tells later: ${status}`,
      [call(RUNNING), LATER, call({ id: "c", status, observedAt: T + 50, completedAt: T + 50 })],
      status,
      0,
    ]),
    [
      "becomes what the agent told before it was told of as running",
      [call({ ...RUNNING, observedAt: T + 50 }), LATER, call({ id: "c", status: "error" })],
      "error",
      0,
    ],
    [
      "of which no status was told has none",
      [call({ id: "c", createdAt: T + 12 }), LATER],
      null,
      0,
    ],
    [
      "of which a status of another version was told keeps it",
      [call({ ...RUNNING, status: "dreaming" }), LATER],
      "dreaming",
      0,
    ],
  ];

  test.each(CASES)("%s, in every order", async (_what, told, status, inferred) => {
    await inEachOrder(told, (id) => {
      expect(rowsOf("tool_calls", id)).toMatchObject([{ status, status_inferred: inferred }]);
    });
  });
});

describe("M8: a revert", () => {
  const messages = [10, 20, 30, 50].map((at, i) => message({ id: `m${i + 1}`, createdAt: T + at }));
  const revert = (id: string, at: number, data: object) =>
    event({ id, kind: "revert", data: JSON.stringify(data), createdAt: T + at });
  const removed = (id: string, removedAt: number) =>
    message({ id, removedAt: T + removedAt, observedAt: T + removedAt });

  /** When each of m1 to m4 was taken away, ms behind T; a negative one was told. */
  const CASES: [what: string, told: Told[], removed: (number | null)[]][] = [
    [
      "takes away the messages from its boundary on and before itself",
      [...messages, revert("r", 40, { boundary: "m2" })],
      [null, 40, 40, null],
    ],
    [
      "to a message that is not there takes nothing away",
      [...messages, revert("r", 40, { boundary: "m9" })],
      [null, null, null, null],
    ],
    [
      "that may be undone takes nothing away",
      [...messages, revert("r", 40, { to: "m2" })],
      [null, null, null, null],
    ],
    [
      "without a time takes nothing away",
      [...messages, event({ id: "r", kind: "revert", data: '{"boundary":"m2"}' })],
      [null, null, null, null],
    ],
    [
      "is none where another kind of event has a boundary, or data is no object",
      [
        ...messages,
        event({ id: "r1", kind: "compaction", data: '{"boundary":"m2"}', createdAt: T + 40 }),
        event({ id: "r2", kind: "revert", data: "7", createdAt: T + 40 }),
        event({ id: "r3", kind: "revert", createdAt: T + 40 }),
      ],
      [null, null, null, null],
    ],
    [
      "that was the first to take a message away tells when",
      [...messages, revert("r1", 60, { boundary: "m2" }), revert("r2", 40, { boundary: "m3" })],
      [null, 60, 40, 60],
    ],
    [
      "tells less than what was told of the message itself, before or after",
      [...messages, revert("r", 40, { boundary: "m2" }), removed("m2", 35), removed("m3", 45)],
      [null, -35, -45, null],
    ],
    [
      "takes away what was made at the boundary's own time too",
      [
        message({ id: "m1", createdAt: T + 10 }),
        message({ id: "m2", createdAt: T + 10 }),
        message({ id: "m3" }),
        revert("r", 40, { boundary: "m2" }),
      ],
      [40, 40, null],
    ],
  ];

  test.each(CASES)("%s, in every order", async (_what, told, expected) => {
    await inEachOrder(told, (id) => {
      const rows = rowsOf("messages", id).map(({ removed_at, removed_inferred }) => [
        removed_at,
        removed_inferred,
      ]);
      expect(rows).toEqual(
        expected.map((at) => (at === null ? [null, 0] : [T + Math.abs(at), Number(at > 0)])),
      );
    });
  });
});

describe("M8: what was seen in the main conversation and in a sub-agent's is the main one's", () => {
  const MAIN = { agentId: null, isSidechain: false };
  const seen = (at: number) => ({ observedAt: T + at, createdAt: T + 12 });

  test.each([
    ["told first", 1, 2],
    ["told later", 2, 1],
    ["told at once", 1, 1],
  ])("a message and a call, the main one %s", async (_what, main, side) => {
    const told = [
      message({ id: "m", ...MAIN, ...seen(main) }),
      message({ id: "m", ...AGENT, agent: "explore", ...seen(side) }),
      call({ id: "c", ...MAIN, ...seen(main) }),
      call({ id: "c", ...AGENT, ...seen(side) }),
    ];
    await inEachOrder(told, (id) => {
      for (const table of ["messages", "tool_calls"]) {
        expect(rowsOf(table, id)).toMatchObject([{ agent_id: null, is_sidechain: 0 }]);
      }
      expect(rowsOf("messages", id)).toMatchObject([{ agent: null }]);
    });
  });

  test("so its call is interrupted by the main one's messages", async () => {
    const told = [
      call({ ...RUNNING, ...AGENT }),
      call({ ...RUNNING, ...MAIN, observedAt: T + 1 }),
      LATER,
    ];
    await inEachOrder(told, (id) => {
      expect(rowsOf("tool_calls", id)).toMatchObject([{ status: "interrupted", agent_id: null }]);
    });
  });

  test("whose message then interrupts no call of the sub-agent", async () => {
    const told = [
      call({ ...RUNNING, ...AGENT }),
      message({ id: "m2", createdAt: T + 20, ...AGENT }),
      message({ id: "m2", createdAt: T + 20, ...MAIN, observedAt: T + 1 }),
    ];
    await inEachOrder(told, (id) => {
      expect(rowsOf("tool_calls", id)).toMatchObject([{ status: "running", status_inferred: 0 }]);
    });
  });
});
