import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { dataPaths, ensureDataDir, listSegments } from "@duolog/client/local";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cleanEnv, newDataDir, TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { Script } from "./script.ts";

vi.setConfig({ testTimeout: 120_000 });

const FORWARDER = fileURLToPath(
  new URL("../../apps/claude-code-plugin/dist/forwarder.js", import.meta.url),
);

let dataDir: string;
beforeEach(() => {
  dataDir = realpathSync(newDataDir());
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** The prompts that are rows. */
const stored = () =>
  queryRows<{ id: string; text: string }>(
    dataPaths(dataDir).database,
    "SELECT id, text_content AS text FROM messages WHERE role = 'user' ORDER BY rowid",
  );

/** The tool calls that are rows; the texts that lie outside them are plain. */
const storedCalls = () =>
  queryRows<{ id: string; status: string; input: string; output: string }>(
    dataPaths(dataDir).database,
    `SELECT t.id, t.status, t.input, COALESCE(t.output, b.text) AS output
     FROM tool_calls AS t LEFT JOIN blobs AS b ON b.hash = t.output_hash ORDER BY t.rowid`,
  );

/** Each call once, whole where both of its halves were handed in. */
function expectCalls(told: string[]): void {
  const calls = storedCalls();
  const byId = new Map(calls.map((call) => [call.id, call]));
  expect(byId.size).toBe(calls.length);
  for (const id of told) {
    const output = `${id} ${"y".repeat(700)}`;
    expect(byId.get(id)).toEqual({ id, status: "success", input: `{"of":"${id}"}`, output });
  }
}

/** Spools messages and tool calls one after the other and tells each once it is handed in. */
const SPOOLER = `
  const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir, autostart: false });
  for (let n = 0; ; n++) {
    const id = process.env.WHO + "-" + n;
    const textContent = id + " " + "x".repeat(700);
    rpc.record({ kind: "message", data: { id, sessionId: "s", role: "user", textContent } });
    const call = { id, sessionId: "s", observedAt: 1769760000000 + n };
    const input = JSON.stringify({ of: id });
    rpc.record({ kind: "toolCall", data: { ...call, status: "running", input, observedSeq: 0 } });
    const output = id + " " + "y".repeat(700);
    rpc.record({ kind: "toolCall", data: { ...call, status: "success", output, observedSeq: 1 } });
    tell(id);
    if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
  }`;

async function killSomeSpoolers(times: number): Promise<string[]> {
  const told: string[] = [];
  for (let round = 0; round < times; round += 1) {
    const script = new Script(dataDir, SPOOLER, { env: { WHO: `p${round}` } });
    await expect.poll(() => script.lines.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await sleep(20 + 37 * (round % 5));
    await script.kill();
    expect(script.stderr).toBe("");
    told.push(...script.lines);
  }
  return told;
}

async function untilDrained(): Promise<void> {
  await expect.poll(() => listSegments(dataPaths(dataDir)).length, { timeout: 30_000 }).toBe(0);
}

test("kill -9 of clients while they spool: all that was handed in arrives, a torn line costs itself", async () => {
  const told = await killSomeSpoolers(5);
  const segments = listSegments(dataPaths(dataDir));
  expect(segments.length).toBeGreaterThanOrEqual(5);
  // As a power cut or a full disk leaves it: half a line at the end.
  appendFileSync(
    segments[0] ?? "",
    '{"client":{"name":"test","version":"0"},"record":{"kind":"mess',
  );
  await using daemon = await TestDaemon.start(dataDir);
  await untilDrained();
  const rows = stored();
  const ids = new Set(rows.map(({ id }) => id));
  expect(ids.size).toBe(rows.length);
  for (const id of told) expect(ids).toContain(id);
  for (const { id, text } of rows) expect(text).toBe(`${id} ${"x".repeat(700)}`);
  expectCalls(told);
  expect(readdirSync(daemon.paths.rejected)).toEqual([]);
});

test("the same while they send to a daemon", async () => {
  await using first = await TestDaemon.start(dataDir);
  const told = await killSomeSpoolers(4);
  await first.stop("SIGKILL");
  await using _second = await TestDaemon.start(dataDir);
  await untilDrained();
  const rows = stored();
  const ids = new Set(rows.map(({ id }) => id));
  expect(ids.size).toBe(rows.length);
  for (const id of told) expect(ids).toContain(id);
  expectCalls(told);
});

const SESSION = "0b5e3f1a-0000-4000-8000-000000000001";

function transcriptLine(n: number): string {
  return `${JSON.stringify({
    type: "user",
    uuid: `u${n}`,
    sessionId: SESSION,
    timestamp: new Date(Date.UTC(2026, 10, 22) + n * 10).toISOString(),
    cwd: "/home/dev/src/x",
    message: { role: "user", content: `prompt ${n} ${"y".repeat(800)}` },
  })}\n`;
}

/** So many prompts are followed by a tool call. */
const CALL_EVERY = 100;

/** The lines of a tool call: what the model asked for, and what it got. */
function callLines(n: number): string {
  const id = `toolu_${n}`;
  const at = (ms: number) => new Date(Date.UTC(2026, 10, 22) + n * 10 + ms).toISOString();
  const line = (uuid: string, type: string, ms: number, message: object) =>
    `${JSON.stringify({ type, uuid, sessionId: SESSION, timestamp: at(ms), cwd: "/home/dev/src/x", message })}\n`;
  const content = [{ type: "tool_use", id, name: "Bash", input: { of: id } }];
  const output = `${id} ${"y".repeat(700)}`;
  const result = [{ type: "tool_result", tool_use_id: id, content: output }];
  return (
    line(`a${n}`, "assistant", 1, {
      id: `msg_${n}`,
      role: "assistant",
      model: "claude-x",
      content,
    }) + line(`r${n}`, "user", 2, { role: "user", content: result })
  );
}

/** A prompt, and now and then a tool call behind it. */
function linesOf(n: number): string {
  return transcriptLine(n) + (n % CALL_EVERY === 0 ? callLines(n) : "");
}

/** A long transcript, and the note of the hook that tells of it. */
function leaveTranscript(lines: number): string {
  const paths = dataPaths(dataDir);
  ensureDataDir(paths);
  const project = join(dataDir, ".claude", "projects", "-home-dev-src-x");
  mkdirSync(project, { recursive: true });
  const transcript = join(project, `${SESSION}.jsonl`);
  writeFileSync(transcript, Array.from({ length: lines }, (_, n) => linesOf(n)).join(""));
  const note = { hook_event_name: "Stop", session_id: SESSION, transcript_path: transcript };
  writeFileSync(join(paths.inbox, "1-0.json"), JSON.stringify(note));
  return transcript;
}

function forward() {
  const env = cleanEnv(dataDir, { DUOLOG_FORWARDER_MS: "1500,300,20000" });
  return spawn(process.execPath, [FORWARDER], { env, stdio: "ignore" });
}

test("kill -9 of the forwarder inside a transcript: every line is a row, once; a torn last line waits", async () => {
  const lines = 12_000;
  const transcript = leaveTranscript(lines);
  const torn = transcriptLine(lines);
  appendFileSync(transcript, torn.slice(0, 120));
  await using daemon = await TestDaemon.start(dataDir);
  let inside = 0;
  for (let round = 0; round < 8; round += 1) {
    const forwarder = forward();
    const ended = once(forwarder, "exit");
    const before = stored().length;
    // Whenever it comes to its work on a busy machine.
    if (before < lines)
      await expect.poll(() => stored().length, { timeout: 20_000 }).toBeGreaterThan(before);
    await sleep(60 * round);
    forwarder.kill("SIGKILL");
    await ended;
    const count = stored().length;
    if (count > 0 && count < lines) inside += 1;
  }
  expect(inside, "kills in the middle").toBeGreaterThan(0);
  const last = forward();
  await expect.poll(() => stored().length, { timeout: 30_000 }).toBe(lines);
  appendFileSync(transcript, torn.slice(120));
  await expect.poll(() => stored().length, { timeout: 10_000 }).toBe(lines + 1);
  await once(last, "exit");
  const rows = stored();
  expect(new Set(rows.map(({ id }) => id)).size).toBe(lines + 1);
  for (const { id, text } of rows) expect(text).toBe(`prompt ${id.slice(1)} ${"y".repeat(800)}`);
  expect(storedCalls()).toHaveLength(lines / CALL_EVERY);
  expectCalls(Array.from({ length: lines / CALL_EVERY }, (_, n) => `toolu_${n * CALL_EVERY}`));
  expect(readdirSync(daemon.paths.inbox)).toEqual([]);
  expect(readdirSync(daemon.paths.rejected)).toEqual([]);
  expect(readFileSync(transcript, "utf8").endsWith(torn)).toBe(true);
});
