import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataPaths, listSegments } from "@duolog/client/local";
import { ERROR_CODES, PROTOCOL_VERSION } from "@duolog/contract";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { runScript } from "../faults/script.ts";
import { type Answer, BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { ClaudeSeat } from "./agents.ts";
import { mutateLine, mutateText, randomFrom } from "./mutate.ts";

/** How many mutations of each kind; `npm run test:long -- --runs 10000 --seed 1`. */
const runs = Number(process.env.DUOLOG_RUNS ?? 1_000);
const seed = Number(process.env.DUOLOG_SEED ?? Date.now() % 1_000_000);
console.log(`fuzz: ${runs} mutations of each kind, seed ${seed}`);
vi.setConfig({ testTimeout: 60_000 + runs * 40 });

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));
const PLUGIN = new URL("../../apps/opencode-plugin/dist/plugin.js", import.meta.url).href;

const linesOf = (file: string) => readFileSync(file, "utf8").trim().split("\n");
const filesIn = (directory: string, end: string) =>
  readdirSync(join(FIXTURES, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => join(FIXTURES, directory, name));

let seat: ClaudeSeat;
let daemon: TestDaemon;
let paths: DataPaths;

beforeAll(async () => {
  seat = new ClaudeSeat();
  daemon = await TestDaemon.start(seat.paths.root);
  paths = daemon.paths;
});
beforeEach(emptyRejected);
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  seat[Symbol.dispose]();
});

/** Mutations between which rejected/ is emptied: it takes 10,000 entries, counted by each process. */
const AT_ONCE = 5_000;

function emptyRejected(): void {
  for (const name of readdirSync(paths.rejected)) rmSync(join(paths.rejected, name));
}

/** The daemon lives, is well, and has grown by no more than an agent's day would make it. */
async function expectWell(): Promise<void> {
  expect(daemon.process.exitCode).toBeNull();
  await using bare = await BareSocket.open(paths, "test", PROTOCOL_VERSION);
  expect((await bare.call("query", "health", undefined)).error).toBeUndefined();
  expect(queryRows(paths.database, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  const log = readFileSync(join(paths.logs, "daemon.log"), "utf8");
  expect(log).not.toContain('"msg":"call failed"');
  expect(log).not.toContain('"msg":"database failed"');
  if (process.platform === "linux") {
    const status = readFileSync(`/proc/${daemon.process.pid}/status`, "utf8");
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024).toBeLessThan(300);
  }
}

/** An answer is a result, or an error with a code of tRPC's that says whose fault it is. */
function expectTyped(answer: Answer, frame: string): void {
  if (answer.result) return;
  const { error } = answer;
  const codes = [
    "BAD_REQUEST",
    "CONFLICT",
    "NOT_FOUND",
    "METHOD_NOT_SUPPORTED",
    "PARSE_ERROR",
    "UNSUPPORTED_MEDIA_TYPE",
  ];
  expect(codes, `${frame.slice(0, 300)} → ${JSON.stringify(answer).slice(0, 300)}`).toContain(
    error?.data.code,
  );
  if (error?.data.refusal) expect(ERROR_CODES).toContain(error.data.refusal.code);
  // It gives back the call's id, of 100,000 characters at most here, and little else.
  expect(JSON.stringify(answer).length).toBeLessThan(105_000);
}

interface Group {
  session?: unknown[];
  message?: unknown[];
}

interface Call {
  method: string;
  path: string;
  input?: unknown;
}

const wire = <Content>(name: string): Content =>
  JSON.parse(readFileSync(join(FIXTURES, "wire", name), "utf8")) as Content;

function recordedCalls(): string[] {
  const { groups } = wire<{ groups: Group[] }>("plan-payloads.json");
  const frozen = wire<{ calls: Call[] }>("protocol-3.json").calls;
  const call = (method: string, path: string, input: unknown) =>
    JSON.stringify({ id: 1, jsonrpc: "2.0", method, params: { path, input } });
  const upserts = groups.flatMap(({ session = [], message = [] }) => [
    ...session.map((data) => ({ kind: "session", data })),
    ...message.map((data) => ({ kind: "message", data })),
  ]);
  return [
    ...upserts.map(({ kind, data }) => call("mutation", `${kind}.upsert`, data)),
    call("mutation", "record.ingest", { records: upserts }),
    ...frozen.map(({ method, path, input }) => call(method, path, input)),
    call("query", "toolCall.list", { sessionId: "ses_old1", limit: 2, cursor: "WzEsMl0" }),
    call("query", "session.list", { limit: 5, source: "opencode" }),
    call("query", "message.list", { sessionId: "ses_old1", limit: 2, cursor: "WzEsMl0" }),
    call("query", "session.get", { id: "ses_old1" }),
    call("query", "health", undefined),
  ];
}

test("frames", async () => {
  const random = randomFrom(seed);
  const calls = recordedCalls();
  const open = async () => {
    const opened = await BareSocket.open(paths, "opencode-plugin", PROTOCOL_VERSION);
    opened.socket.setMaxListeners(0);
    return opened;
  };
  let bare = await open();
  let answers = 0;
  for (let n = 0; n < runs; n += 1) {
    const line = calls[Math.floor(random() * calls.length)] as string;
    const frame = random() < 0.2 ? mutateText(line, random) : mutateLine(line, random);
    bare.socket.removeAllListeners("message");
    bare.socket.on("message", (data) => {
      for (const answer of [JSON.parse(String(data))].flat()) {
        answers += 1;
        expectTyped(answer, frame);
      }
    });
    bare.socket.send(frame);
    if (n % 20 === 19) {
      // All that was asked before is answered, or the connection was closed for it.
      const done = await settled(bare);
      if (!done) bare = await open();
    }
  }
  await bare[Symbol.asyncDispose]();
  expect(answers).toBeGreaterThan(runs / 4);
  await expectReadable();
  await expectWell();
});

/** Whatever got in comes out again: every row of every session, of each kind, with its texts. */
async function expectReadable(): Promise<void> {
  await using bare = await BareSocket.open(paths, "test", PROTOCOL_VERSION);
  for (const [table, path] of [
    ["messages", "message.list"],
    ["tool_calls", "toolCall.list"],
    ["session_events", "event.list"],
  ] as const) {
    const sessions = queryRows<{ id: string; n: number }>(
      paths.database,
      `SELECT session_id AS id, COUNT(*) AS n FROM ${table} GROUP BY 1`,
    );
    let read = 0;
    for (const { id } of sessions) read += await countRead(bare, path, id);
    expect(read, table).toBe(sessions.reduce((sum, { n }) => sum + n, 0));
  }
}

async function countRead(bare: BareSocket, path: string, sessionId: string): Promise<number> {
  let [count, cursor]: [number, string | undefined] = [0, undefined];
  do {
    const answer: Answer = await bare.call("query", path, { sessionId, limit: 1_000, cursor });
    expect(answer.error).toBeUndefined();
    const page = answer.result?.data as { items: unknown[]; nextCursor: string | null };
    count += page.items.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return count;
}

/** Waits for the answer to one more call; false where the connection was closed meanwhile. */
function settled(bare: BareSocket): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer: it hangs")), 15_000);
    const done = (open: boolean) => {
      clearTimeout(timer);
      resolve(open);
    };
    if (bare.socket.readyState !== bare.socket.OPEN) return done(false);
    bare.socket.once("close", () => done(false));
    bare.socket.on("message", (data) => {
      for (const answer of [JSON.parse(String(data))].flat()) if (answer.id === "last") done(true);
    });
    bare.socket.send('{"id":"last","jsonrpc":"2.0","method":"query","params":{"path":"health"}}');
  });
}

/** What is in rejected/ came there for a reason that is told. */
function expectReasons(): void {
  for (const name of readdirSync(paths.rejected)) {
    const { reason } = JSON.parse(readFileSync(join(paths.rejected, name), "utf8"));
    if (typeof reason === "string")
      expect(reason).toMatch(/^(hook|transcript|.*\w): ?.+|a line of the spool/);
    else expect(ERROR_CODES).toContain(reason.code);
  }
}

/** A forwarder takes up all that was noted, and tells why it can't use what it rejects. */
async function expectForwarded(): Promise<void> {
  expect(await seat.forward()).toEqual({ code: 0, said: "" });
  expect(forwarderLog()).toBe("");
  expect(readdirSync(paths.inbox)).toEqual([]);
  expectReasons();
  // Nothing that the translation made was refused by the daemon for its shape. A prompt and an answer
  // that were both given one of the hostile ids can't both be that message (M1).
  const reasons = readdirSync(paths.rejected)
    .map((name) => JSON.parse(readFileSync(join(paths.rejected, name), "utf8")))
    .filter(({ record }) => record?.kind !== undefined)
    .map(({ reason }) => reason);
  const conflict = "role: the record has another value already, and it is set once";
  expect(reasons.filter((reason) => reason !== conflict)).toEqual([]);
  emptyRejected();
}

test("hook payloads", async () => {
  const random = randomFrom(seed + 1);
  const hooks = linesOf(join(FIXTURES, "claude-code-hooks", "hooks.jsonl")).map((line) => {
    const payload = JSON.stringify(JSON.parse(line).payload);
    return payload.replaceAll("/home/dev/.claude/projects/-home-dev-src-text", seat.project);
  });
  for (const file of filesIn("claude-code/text", ".jsonl")) {
    copyFileSync(file, join(seat.project, file.split("/").at(-1) ?? ""));
  }
  for (let n = 0; n < runs; n += 1) {
    const line = hooks[Math.floor(random() * hooks.length)] as string;
    seat.note(random() < 0.2 ? mutateText(line, random) : mutateLine(line, random));
    if (n % AT_ONCE === AT_ONCE - 1 || n === runs - 1) await expectForwarded();
  }
  await expectWell();
});

test("transcript lines", async () => {
  const random = randomFrom(seed + 2);
  const transcripts = filesIn("claude-code", ".jsonl").filter(
    (file) => !file.includes("subagents"),
  );
  let left = runs;
  let noted = 0;
  for (let round = 0; left > 0; round += 1) {
    const source = transcripts[round % transcripts.length] as string;
    const session = `fuzz-${round}`;
    const lines = linesOf(source).map((line) => {
      if (random() < 0.4 || left === 0) return line;
      left -= 1;
      noted += 1;
      return mutateLine(line, random).replaceAll("\n", " ");
    });
    const file = join(seat.project, `${session}.jsonl`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join("\n")}\n`);
    seat.note({ hook_event_name: "Stop", session_id: session, transcript_path: file });
    if (noted < AT_ONCE && left > 0) continue;
    await expectForwarded();
    noted = 0;
  }
  await expectReadable();
  await expectWell();
});

test("events of OpenCode", async () => {
  const random = randomFrom(seed + 3);
  const events = filesIn("opencode", ".jsonl")
    .flatMap(linesOf)
    .filter((line) => JSON.parse(line).event)
    .map((line) => JSON.stringify(JSON.parse(line).event));
  const mutated = Array.from({ length: runs }, (_, n) => {
    const line = events[n % events.length] as string;
    if (random() < 0.3) return line;
    const text = mutateLine(line, random).replaceAll("\n", " ");
    return isJson(text) ? text : line;
  });
  const file = join(paths.root, "events.jsonl");
  writeFileSync(file, mutated.join("\n"));
  const ran = await runScript(
    paths.root,
    `const { default: plugin } = await import(${JSON.stringify(PLUGIN)});
     const hooks = await plugin({ directory: "/w" });
     for (const line of require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8").split("\\n"))
       await hooks.event({ event: JSON.parse(line) });
     await hooks.dispose?.();
     tell(String(Math.round(process.memoryUsage().rss / 1048576)));`,
  );
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  expect(Number(ran.stdout)).toBeLessThan(400);
  await daemon.stop();
  daemon = await TestDaemon.start(paths.root);
  await expect.poll(() => listSegments(paths).length, { timeout: 20_000 }).toBe(0);
  expectReasons();
  await expectReadable();
  await expectWell();
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Empty while all went well. */
function forwarderLog(): string {
  const file = join(paths.logs, "forwarder.log");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
