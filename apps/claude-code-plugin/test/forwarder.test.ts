import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type DataPaths, dataPaths, ensureDataDir } from "@duolog/client/local";
import { describe, expect, test, vi } from "vitest";
import { pidOf, processorTime } from "../../../test/bench/proc.ts";
import { cleanEnv, newDataDir, TestDaemon, testClient } from "../../../test/harness/daemon.ts";
import { RECORDINGS } from "./recordings.ts";
import { FIXTURES, inOrder, present, type Row } from "./rows.ts";

const FORWARDER = fileURLToPath(new URL("../dist/forwarder.js", import.meta.url));
const HOOK = fileURLToPath(new URL("../hooks/note.sh", import.meta.url));
const T0 = Date.parse("2026-11-22T11:00:00Z");

/** A data directory with Claude Code's beside it, and the forwarder as a process. */
class Seat implements AsyncDisposable {
  readonly paths: DataPaths;
  readonly project: string;
  readonly #started: ChildProcess[] = [];
  #notes = 0;

  constructor() {
    this.paths = dataPaths(realpathSync(newDataDir()));
    ensureDataDir(this.paths);
    // HOME is the data directory.
    this.project = join(this.paths.root, ".claude", "projects", "-w");
    mkdirSync(this.project, { recursive: true });
  }

  transcript(session: string): string {
    return join(this.project, `${session}.jsonl`);
  }

  /** Leaves a note as the hook does. */
  note(event: string, session: string, more: Row = {}, seconds?: number): string {
    this.#notes += 1;
    const file = join(this.paths.inbox, `${this.#notes}-0.json`);
    const payload = {
      session_id: session,
      transcript_path: this.transcript(session),
      hook_event_name: event,
      ...more,
    };
    writeFileSync(file, JSON.stringify(payload));
    if (seconds !== undefined) utimesSync(file, T0 / 1000 + seconds, T0 / 1000 + seconds);
    return file;
  }

  /** Runs the hook itself, a process of its own as at every event. */
  hook(event: string, session: string): void {
    const payload = {
      session_id: session,
      transcript_path: this.transcript(session),
      hook_event_name: event,
    };
    const env = cleanEnv(this.paths.root);
    const ran = spawnSync("sh", [HOOK], { env, input: JSON.stringify(payload), encoding: "utf8" });
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
  }

  /** @param waits quiet, settle, patience, ms */
  forward(waits = "700,300,20000"): ChildProcess {
    // No PATH: npm puts the workspace's `duolog` on it, and nothing may start a daemon here.
    const env = cleanEnv(this.paths.root, { DUOLOG_FORWARDER_MS: waits, PATH: "" });
    const child = spawn(process.execPath, [FORWARDER], { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (said) => this.said.push(String(said)));
    child.stderr.on("data", (said) => this.said.push(String(said)));
    this.#started.push(child);
    return child;
  }

  readonly said: string[] = [];

  /** Runs a forwarder until it ends by itself. */
  async run(waits?: string): Promise<void> {
    const [code] = await once(this.forward(waits), "exit");
    expect({ code, said: this.said }).toEqual({ code: 0, said: [] });
  }

  async rows(): Promise<{ sessions: Row[]; messages: Row[] }> {
    const rpc = testClient(this.paths.root);
    try {
      const { items } = await rpc.reader.session.list({ limit: 100 });
      const pages = await Promise.all(
        items.map(({ id }) => rpc.reader.message.list({ sessionId: id, limit: 1_000 })),
      );
      const messages = pages.flatMap((page) => page.items);
      return inOrder({
        sessions: items.map((item) => stored({ ...item })),
        messages: messages.map((item) => stored({ ...item })),
      });
    } finally {
      await rpc.close();
    }
  }

  /** Takes the database away, and puts a copy in its place. */
  replaceDatabase(copy?: string): void {
    const { database } = this.paths;
    for (const file of [database, `${database}-wal`, `${database}-shm`])
      rmSync(file, { force: true });
    if (copy !== undefined) copyFileSync(copy, database);
  }

  /** What the forwarder keeps of a session's transcripts, and when it was written. */
  position(session: string): { text: string; mtimeMs: number } {
    const directory = join(this.paths.root, "forwarder-state");
    const name = readdirSync(directory).find((name) => name.startsWith(`${session}-`)) ?? "";
    const text = readFileSync(join(directory, name), "utf8");
    return { text, mtimeMs: statSync(join(directory, name)).mtimeMs };
  }

  notes(): string[] {
    return readdirSync(this.paths.inbox);
  }

  rejected(): Row[] {
    return readdirSync(this.paths.rejected).map(
      (name) => JSON.parse(readFileSync(join(this.paths.rejected, name), "utf8")) as Row,
    );
  }

  log(): string {
    return readFileSync(join(this.paths.logs, "forwarder.log"), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#started) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    rmSync(this.paths.root, { recursive: true, force: true });
  }
}

/** A row as told, without what the daemon adds. */
function stored(row: Row): Row {
  const { changedSeq: _c, key: _k, messageCount: _m, ended: _e, ...own } = row;
  return present(own);
}

const line = (uuid: string, seconds: number, more: Row = {}) =>
  `${JSON.stringify({
    type: "user",
    uuid,
    sessionId: "s",
    timestamp: new Date(T0 + seconds * 1000).toISOString(),
    message: { content: uuid },
    ...more,
  })}\n`;

const texts = (rows: { messages: Row[] }) => rows.messages.map(({ textContent }) => textContent);

describe.concurrent("the forwarder, a real process against a real daemon", () => {
  test("brings every recording's rows, once, and ends when all is quiet", async () => {
    await using seat = new Seat();
    await using daemon = await TestDaemon.start(seat.paths.root);
    for (const { name } of RECORDINGS) {
      cpSync(join(FIXTURES, name), seat.project, { recursive: true });
    }
    for (const { sessions } of RECORDINGS) {
      for (const { id } of sessions) seat.note("Stop", String(id));
    }
    await seat.run();
    const expected = {
      sessions: RECORDINGS.flatMap(({ sessions }) => sessions),
      messages: RECORDINGS.flatMap(({ messages }) => messages),
    };
    expect(await seat.rows()).toEqual(inOrder(expected));
    expect({ notes: seat.notes(), rejected: seat.rejected() }).toEqual({ notes: [], rejected: [] });
    expect(existsSync(join(seat.paths.root, "forwarder.pid"))).toBe(false);
    await daemon.stop();
  });

  test("follows a live transcript, hooks or not, through half-written lines", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    seat.note("SessionStart", "s");
    const ended = once(seat.forward("2500,300,20000"), "exit");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 5_000 });
    writeFileSync(seat.transcript("s"), line("a", 1));
    appendFileSync(seat.transcript("s"), line("b", 2).slice(0, 30));
    await vi.waitFor(async () => expect(texts(await seat.rows())).toEqual(["a"]), 5_000);
    appendFileSync(seat.transcript("s"), line("b", 2).slice(30));
    await vi.waitFor(async () => expect(texts(await seat.rows())).toEqual(["a", "b"]), 5_000);
    expect(await ended).toEqual([0, null]);
  });

  test("two prompts of one session, each from its own hook process, are two rows", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    // It lives already when the hooks look for one, so that they start none of their own.
    seat.note("SessionStart", "s");
    const ended = once(seat.forward("2500,300,20000"), "exit");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 5_000 });
    const again = { message: { content: "again" } };
    writeFileSync(seat.transcript("s"), line("a", 1, again));
    seat.hook("UserPromptSubmit", "s");
    appendFileSync(seat.transcript("s"), line("b", 1, again));
    seat.hook("UserPromptSubmit", "s");
    await vi.waitFor(
      async () => expect(texts(await seat.rows())).toEqual(["again", "again"]),
      5_000,
    );
    expect(await ended).toEqual([0, null]);
    expect((await seat.rows()).messages.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(seat.notes()).toEqual([]);
  });

  test("M5: SessionEnd ends a session, what comes later opens it again", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("SessionEnd", "s", {}, 5);
    await seat.run();
    expect((await seat.rows()).sessions).toMatchObject([
      { status: "ended", endedAt: T0 + 5_000, updatedAt: T0 + 5_000, createdAt: T0 + 1_000 },
    ]);
    appendFileSync(seat.transcript("s"), line("b", 9));
    seat.note("UserPromptSubmit", "s", {}, 9);
    await seat.run();
    expect((await seat.rows()).sessions).toMatchObject([
      { status: "active", endedAt: T0 + 5_000, updatedAt: T0 + 9_000 },
    ]);
  });

  test("a session that is left before its first prompt is no row", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    seat.note("SessionStart", "s");
    seat.note("SessionEnd", "s");
    await seat.run();
    expect(await seat.rows()).toEqual({ sessions: [], messages: [] });
    expect(seat.notes()).toEqual([]);
  });

  test("M6: an answer without a time has its Stop note's, also when it comes after the note", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const answer = (id: string) =>
      line(id, 0, { type: "assistant", timestamp: undefined, message: { id, content: [] } });
    writeFileSync(seat.transcript("s"), line("p", 1, { promptId: "t1" }) + answer("m1"));
    seat.note("Stop", "s", { prompt_id: "t1" }, 3);
    const ended = once(seat.forward("1500,300,20000"), "exit");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 5_000 });
    appendFileSync(seat.transcript("s"), answer("m2"));
    await ended;
    const { messages } = await seat.rows();
    expect(messages.filter(({ role }) => role === "assistant")).toMatchObject([
      { id: "m1", createdAt: T0 + 3_000 },
      { id: "m2", createdAt: T0 + 3_000 },
    ]);
  });

  test("keeps every note while there is no daemon, gives up, and brings all later", async () => {
    await using seat = new Seat();
    writeFileSync(seat.transcript("s"), line("a", 1));
    const note = seat.note("Stop", "s");
    await seat.run("700,300,600");
    expect(existsSync(note)).toBe(true);
    expect(seat.log()).toContain("daemon away");
    await using _daemon = await TestDaemon.start(seat.paths.root);
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a"]);
    expect(seat.notes()).toEqual([]);
  });

  test("killed inside a transcript again and again, it loses and doubles nothing", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const ids = Array.from({ length: 4_000 }, (_, n) => `u${String(n).padStart(4, "0")}`);
    const pad = "x".repeat(1_000);
    writeFileSync(seat.transcript("s"), ids.map((id, n) => line(id, n, { pad })).join(""));
    seat.note("Stop", "s");
    for (const lifetime of [120, 180, 240, 300, 360]) {
      const child = seat.forward();
      await new Promise((done) => setTimeout(done, lifetime));
      child.kill("SIGKILL");
    }
    await seat.run();
    const rpc = testClient(seat.paths.root);
    const [session] = (await rpc.reader.session.list()).items;
    await rpc.close();
    expect(session).toMatchObject({ id: "s", messageCount: 4_000 });
    expect(seat.notes()).toEqual([]);
  });

  test("catches up on what grew while none ran, though no hook told of it", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("Stop", "s");
    await seat.run();
    appendFileSync(seat.transcript("s"), line("b", 2));
    writeFileSync(seat.transcript("other"), line("o", 3, { sessionId: "other" }));
    seat.note("Stop", "other");
    await seat.run();
    expect(texts(await seat.rows()).sort()).toEqual(["a", "b", "o"]);
  });

  test("ten at once are one, and a note is never left behind", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("SessionEnd", "s");
    const all = Array.from({ length: 10 }, () => once(seat.forward("200,100,20000"), "exit"));
    await Promise.all(all);
    expect(seat.notes()).toEqual([]);
    expect(texts(await seat.rows())).toEqual(["a"]);
    expect(seat.said).toEqual([]);
  });

  test("a hostile or broken note reads nothing and is put aside", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const outside = join(seat.paths.root, "s.jsonl");
    writeFileSync(outside, line("secret", 1));
    symlinkSync(outside, seat.transcript("linked"));
    seat.note("Stop", "s", { transcript_path: outside });
    seat.note("Stop", "../s", { transcript_path: `${seat.project}/../s.jsonl` });
    seat.note("Stop", "s", { transcript_path: "/etc/passwd" });
    seat.note("Stop", "linked");
    writeFileSync(join(seat.paths.inbox, "77-0.json"), "{half");
    writeFileSync(join(seat.paths.inbox, "78-0.json"), "[]");
    await seat.run();
    expect(await seat.rows()).toEqual({ sessions: [], messages: [] });
    expect(seat.notes()).toEqual([]);
    const reasons = seat.rejected().map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      "hook: not JSON",
      "hook: not a JSON object",
      "hook: session_id is no file name",
      "hook: transcript_path is not the session's",
      "hook: transcript_path is outside Claude Code's directories",
    ]);
  });

  test("a directory in the inbox is no note and holds up none", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    mkdirSync(join(seat.paths.inbox, "0-0.json"));
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("Stop", "s");
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a"]);
    expect(seat.notes()).toEqual(["0-0.json"]);
  });

  test("what is broken or refused is put aside and holds up nothing behind it", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const rpc = testClient(seat.paths.root);
    await rpc.upsertMessage({ id: "a", sessionId: "s", source: "opencode", role: "assistant" });
    await rpc.close();
    writeFileSync(seat.transcript("s"), `${line("a", 1)}{garbage\n${line("b", 2)}`);
    seat.note("Stop", "s");
    await seat.run();
    expect((await seat.rows()).messages).toMatchObject([
      { id: "a", role: "assistant" },
      { id: "b", role: "user", textContent: "b" },
    ]);
    expect(seat.rejected()).toHaveLength(2);
    expect(seat.notes()).toEqual([]);
  });

  test("of more broken lines than anybody looks at the first are kept, and the log says so once", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const broken = Array.from({ length: 10_300 }, (_, i) => `{"n":${i}\n`).join("");
    writeFileSync(seat.transcript("s"), `${line("a", 1)}${broken}${line("b", 2)}`);
    seat.note("Stop", "s");
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a", "b"]);
    const kept = readdirSync(seat.paths.rejected).length;
    expect(kept).toBeGreaterThanOrEqual(10_000);
    expect(kept).toBeLessThanOrEqual(10_100);
    expect(seat.log().match(/rejected\/ is full/g)).toHaveLength(1);
  });

  test.each([6_000, 100_000])("a line nested %d deep costs itself at most", async (depth) => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const nested = (field: string) => line(field, 2).replace(/}\n$/, `,"${field}":${deep}}\n`);
    const fields = ["message", "uuid", "timestamp", "unknown", "type", "origin"];
    writeFileSync(
      seat.transcript("s"),
      `${line("a", 1)}${fields.map(nested).join("")}${deep}\n${deep.slice(0, -1)}\n${line("b", 3)}`,
    );
    const note = seat.note("Stop", "s");
    writeFileSync(note, readFileSync(note, "utf8").replace(/}$/, `,"prompt_id":${deep}}`));
    const hostile = seat.note("Stop", "s");
    writeFileSync(hostile, deep);
    await seat.run();
    expect(texts(await seat.rows())).toEqual(expect.arrayContaining(["a", "unknown", "b"]));
    expect(seat.notes()).toEqual([]);
    const reasons = seat.rejected().map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      "hook: not a JSON object",
      "transcript: not a JSON object",
      "transcript: not a JSON object",
      "transcript: user: no message.content",
      "transcript: user: no uuid",
    ]);
    expect(JSON.stringify(seat.rejected()).length).toBeLessThan(reasons.length * (2 * depth + 500));
  });

  test("thousands of sub-agents cost a tenth of a processor", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1));
    const agents = join(seat.project, "s", "subagents");
    mkdirSync(agents, { recursive: true });
    for (let i = 0; i < 3_000; i += 1) writeFileSync(join(agents, `agent-${i}.jsonl`), "");
    seat.note("Stop", "s");
    const forwarder = seat.forward("60000,300,20000");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 20_000 });
    await sleep(2_000);
    const before = processorTime(pidOf(forwarder));
    await sleep(5_000);
    const share = (processorTime(pidOf(forwarder)) - before) / 5_000;
    // A look may fall in once more or less.
    expect(share).toBeLessThan(0.15);
  });

  test("ends by SIGTERM, and when its data directory is taken away", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("Stop", "s");
    const first = seat.forward("60000,300,20000");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 5_000 });
    first.kill("SIGTERM");
    expect(await once(first, "exit")).toEqual([0, null]);
    expect(existsSync(join(seat.paths.root, "forwarder.pid"))).toBe(false);
    seat.note("Stop", "s");
    const second = seat.forward("60000,300,20000");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 5_000 });
    rmSync(seat.paths.inbox, { recursive: true });
    expect(await once(second, "exit")).toEqual([0, null]);
  });
});

describe.concurrent("another database in the place of the one that took the rows", () => {
  /** Puts recordings beside the data directory and notes a hook of each session. */
  function record(seat: Seat, recordings: typeof RECORDINGS): void {
    for (const { name, sessions } of recordings) {
      cpSync(join(FIXTURES, name), seat.project, { recursive: true });
      for (const { id } of sessions) seat.note("Stop", String(id));
    }
  }

  test.each(["deleted", "a backup"])("%s: the next forwarder brings all back", async (what) => {
    await using seat = new Seat();
    const copy = join(seat.paths.root, "copy.db");
    const half = RECORDINGS.length / 2;
    const first = await TestDaemon.start(seat.paths.root);
    record(seat, RECORDINGS.slice(0, half));
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("SessionEnd", "s", {}, 5);
    await seat.run();
    await first.stop();
    copyFileSync(seat.paths.database, copy);
    const second = await TestDaemon.start(seat.paths.root);
    record(seat, RECORDINGS.slice(half));
    appendFileSync(seat.transcript("s"), line("b", 9));
    seat.note("UserPromptSubmit", "s", {}, 9);
    seat.note("SessionEnd", "s", {}, 12);
    await seat.run();
    const truth = await seat.rows();
    expect(truth.messages.length).toBeGreaterThan(10);
    await second.stop();
    seat.replaceDatabase(what === "deleted" ? undefined : copy);
    await using _third = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("other"), "");
    seat.note("SessionStart", "other");
    await seat.run();
    expect(await seat.rows()).toEqual(truth);
  });

  test("deleted, and begun anew only after the forwarder: all comes back", async () => {
    await using seat = new Seat();
    const first = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1) + line("b", 2));
    seat.note("Stop", "s");
    await seat.run();
    const truth = await seat.rows();
    await first.stop();
    seat.replaceDatabase();
    seat.note("SessionStart", "other");
    const ended = once(seat.forward("2500,300,20000"), "exit");
    await sleep(500);
    await using _second = await TestDaemon.start(seat.paths.root);
    await vi.waitFor(async () => expect(await seat.rows()).toEqual(truth), { timeout: 10_000 });
    expect(await ended).toEqual([0, null]);
    // What was saved is of that database: no more is read.
    const before = seat.position("s");
    seat.note("SessionStart", "other");
    await seat.run();
    expect(seat.position("s")).toEqual(before);
  });

  test("under a living forwarder: with the next line all is read again, of every session", async () => {
    await using seat = new Seat();
    const first = await TestDaemon.start(seat.paths.root);
    for (const session of ["s", "t"]) {
      const more = { sessionId: session };
      writeFileSync(
        seat.transcript(session),
        line(`${session}1`, 1, more) + line(`${session}2`, 2, more),
      );
      seat.note("Stop", session);
    }
    const ended = once(seat.forward("4000,300,20000"), "exit");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 5_000 });
    await first.stop();
    seat.replaceDatabase();
    await using _second = await TestDaemon.start(seat.paths.root);
    appendFileSync(seat.transcript("s"), line("s3", 3));
    await vi.waitFor(
      async () => expect(texts(await seat.rows()).sort()).toEqual(["s1", "s2", "s3", "t1", "t2"]),
      { timeout: 10_000 },
    );
    expect(await ended).toEqual([0, null]);
    expect(seat.log().match(/another database/g)).toHaveLength(1);
  });

  test("none: neither another forwarder nor another daemon reads anything again", async () => {
    await using seat = new Seat();
    const first = await TestDaemon.start(seat.paths.root);
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("Stop", "s");
    await seat.run();
    const before = seat.position("s");
    for (const daemon of [first, await TestDaemon.start(seat.paths.root)]) {
      seat.note("SessionStart", "other");
      await seat.run();
      expect(seat.position("s")).toEqual(before);
      await daemon.stop();
    }
    await using _third = await TestDaemon.start(seat.paths.root);
    seat.note("SessionStart", "other");
    await seat.run();
    expect(seat.position("s")).toEqual(before);
    expect(existsSync(join(seat.paths.logs, "forwarder.log"))).toBe(false);
  });
});
