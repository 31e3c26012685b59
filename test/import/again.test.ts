import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { newDataDir } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { readRecording } from "../recordings/opencodeReplay.ts";
import { OpencodeFile } from "./opencodeFile.ts";
import { allRows, importReport, type Report } from "./records.ts";
import { configIn, layOutTranscripts } from "./transcripts.ts";

vi.setConfig({ testTimeout: 60_000 });

/** A home with both agents' history in it, which is the data directory too. */
class Home implements Disposable {
  readonly root = newDataDir();
  readonly database = join(this.root, "duolog.db");
  readonly state = join(this.root, "import-state.json");
  readonly #store: OpencodeFile;

  constructor() {
    layOutTranscripts(configIn(this.root));
    const directory = join(this.root, ".local", "share", "opencode");
    mkdirSync(directory, { recursive: true });
    this.#store = new OpencodeFile(join(directory, "opencode.db"), readRecording("04-tools"));
  }

  import(...args: string[]): Report {
    return importReport(this.root, args);
  }

  stop(): void {
    duolog(this.root, "stop");
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#store[Symbol.dispose]();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What was read, and what was not, of all stores together. */
function parts({ stores }: Report) {
  const sum = (key: "read" | "unchanged" | "older") =>
    stores.reduce((all, store) => all + store[key], 0);
  return { read: sum("read"), unchanged: sum("unchanged"), older: sum("older") };
}

const NOTHING_READ = { bytesRead: 0, sessions: 0, messages: 0, new: 0, changed: 0, refused: 0 };

test("an import alone takes all of both agents; again, it reads nothing and needs no daemon", () => {
  using home = new Home();
  const first = home.import();
  expect(first.stores.map(({ source }) => source)).toEqual(["claude-code", "opencode"]);
  for (const store of first.stores) {
    expect(store).toMatchObject({ unchanged: 0, older: 0, changed: 0, failed: [] });
    expect(store.new).toBe(store.sessions + store.messages + store.toolCalls + store.events);
    expect(Math.min(store.sessions, store.messages, store.bytesRead)).toBeGreaterThan(0);
  }
  const rows = allRows(home.database);
  expect(rows.sessions.every((session) => session.created_at !== null)).toBe(true);

  home.stop();
  const again = home.import();
  expect(again).toMatchObject(NOTHING_READ);
  expect(parts(again)).toEqual({ read: 0, unchanged: parts(first).read, older: 0 });
  expect(duologJson<{ running: boolean }>(home.root, "status").running).toBe(false);
  expect(allRows(home.database)).toEqual(rows);
});

test("--all reads everything again, and changes nothing", () => {
  using home = new Home();
  const first = home.import();
  const rows = allRows(home.database);
  const all = home.import("--all");
  expect(all).toMatchObject({ bytesRead: first.bytesRead, messages: first.messages, new: 0 });
  expect(all.changed).toBe(0);
  expect(allRows(home.database)).toEqual(rows);
});

test("what grew, and what is new, is read and nothing else", () => {
  using home = new Home();
  const total = parts(home.import()).read;
  const project = join(configIn(home.root), "projects", "-text");
  const [name = ""] = readdirSync(project).filter((file) => file.endsWith(".jsonl"));
  const sessionId = name.slice(0, -".jsonl".length);
  const line = (id: string, session: string) =>
    `${JSON.stringify({ type: "user", uuid: id, sessionId: session, timestamp: "2026-11-23T00:00:00.000Z", message: { content: id } })}\n`;
  appendFileSync(join(project, name), line("one more", sessionId));
  const fresh = "00000000-0000-4000-8000-00000000000f";
  writeFileSync(join(project, `${fresh}.jsonl`), line("the first", fresh));
  const report = home.import();
  expect(parts(report)).toEqual({ read: 2, unchanged: total - 1, older: 0 });
  const sizes = [name, `${fresh}.jsonl`].map((file) => readFileSync(join(project, file)).length);
  expect(report.bytesRead).toBe((sizes[0] ?? 0) + (sizes[1] ?? 0));
  expect(report).toMatchObject({ sessions: 2, new: 3, changed: 1 });
});

test.each<[string, (home: Home) => void]>([
  [
    "another database took it",
    (home) => {
      home.stop();
      for (const name of ["duolog.db", "duolog.db-wal", "duolog.db-shm"])
        rmSync(join(home.root, name), { force: true });
    },
  ],
  [
    "another version of the translation read it",
    (home) => {
      const state = JSON.parse(readFileSync(home.state, "utf8"));
      for (const agent of Object.values<{ translator: number }>(state.agents)) agent.translator--;
      writeFileSync(home.state, JSON.stringify(state));
    },
  ],
  ["nobody knows", (home) => writeFileSync(home.state, "{")],
])("all is read again where %s", (_what, happen) => {
  using home = new Home();
  const first = home.import();
  const rows = allRows(home.database);
  happen(home);
  const second = home.import();
  expect(parts(second)).toEqual(parts(first));
  expect(second.bytesRead).toBe(first.bytesRead);
  expect(allRows(home.database)).toEqual(rows);
  expect(home.import()).toMatchObject(NOTHING_READ);
});

test("--since leaves out what was last written before, and a later import takes it", () => {
  using home = new Home();
  const old = new Date("2026-01-05T00:00:00Z");
  const config = configIn(home.root);
  const transcripts = readdirSync(join(config, "projects", "-text"));
  for (const name of transcripts) utimesSync(join(config, "projects", "-text", name), old, old);
  const since = home.import("--claude-code", "--since", "2026-02");
  expect(parts(since).older).toBe(transcripts.length);
  expect(parts(since).read).toBeGreaterThan(0);
  const rest = home.import("--claude-code");
  expect(parts(rest)).toEqual({ read: transcripts.length, unchanged: parts(since).read, older: 0 });
  expect(rest.new).toBeGreaterThan(0);
});

test("M2: with --since, a session is told when it was made once its own transcript is read too", () => {
  using home = new Home();
  rmSync(configIn(home.root), { recursive: true });
  const project = join(configIn(home.root), "projects", "-p");
  mkdirSync(project, { recursive: true });
  const [own, later] = ["a", "b"].map((end) => `00000000-0000-4000-8000-00000000000${end}`);
  const line = (uuid: string, at: string) =>
    `${JSON.stringify({ type: "user", uuid, sessionId: own, timestamp: at, message: { content: uuid } })}\n`;
  const transcript = (session = "") => join(project, `${session}.jsonl`);
  writeFileSync(transcript(own), line("first", "2026-01-05T00:00:00.000Z"));
  utimesSync(transcript(own), 1_767_600_000, 1_767_600_000);
  writeFileSync(transcript(later), line("second", "2026-11-05T00:00:00.000Z"));
  const createdAt = () =>
    queryRows(home.database, "SELECT created_at AS at FROM sessions WHERE id = ?", own);
  home.import("--claude-code", "--since", "2026-06");
  expect(createdAt()).toEqual([{ at: null }]);
  home.import("--claude-code");
  expect(createdAt()).toEqual([{ at: Date.parse("2026-01-05T00:00:00.000Z") }]);
});

test("--dry-run reads and tells, and leaves no trace", () => {
  using home = new Home();
  const dataDir = join(home.root, "elsewhere", "duolog");
  const env = { HOME: home.root };
  const looked = importReport(dataDir, ["--dry-run"], env);
  expect(looked).toMatchObject({ dryRun: true, new: 0, changed: 0, refused: 0 });
  expect(existsSync(dataDir)).toBe(false);
  const done = importReport(dataDir, [], env);
  for (const key of ["sessions", "messages", "toolCalls", "events", "bytesRead"] as const)
    expect([key, looked[key]]).toEqual([key, done[key]]);
  duolog(dataDir, "stop");
});

test("agents that are not here are no error", () => {
  const dataDir = newDataDir();
  const run = duolog(dataDir, "import");
  expect(run).toMatchObject({
    status: 0,
    stdout: "Claude Code: nothing of it is here\nOpenCode: nothing of it is here\n",
    stderr: "",
  });
  expect(duologJson<{ running: boolean }>(dataDir, "status").running).toBe(false);
  rmSync(dataDir, { recursive: true });
});

test("what an import saw and did not read is told by status", () => {
  using home = new Home();
  writeFileSync(join(configIn(home.root), "projects", "stray.jsonl"), "{}\n");
  const [claude] = home.import().stores;
  expect(claude?.left).toMatchObject([{ count: 1 }]);
  const { left } = duologJson<{ left: unknown[] }>(home.root, "status");
  expect(left).toEqual([{ source: "claude-code", reason: claude?.left[0]?.reason, count: 1 }]);
  expect(duolog(home.root, "status").stdout).toContain(claude?.left[0]?.reason);
});

test("what can't be read is told with code 1, and costs nothing else", () => {
  using home = new Home();
  const damaged = join(home.root, ".local", "share", "opencode", "opencode-beta.db");
  writeFileSync(damaged, "SQLite format 3\0 and nothing more");
  const run = duolog(home.root, "import");
  expect(run.status).toBe(1);
  expect(run.stdout).toContain(damaged);
  expect(run.stdout).toMatch(/OpenCode: 1 session, \d+ messages/);
  const again = duolog(home.root, "import");
  expect(again).toMatchObject({ status: 1, stdout: expect.stringContaining(damaged) });
});

test("what OpenCode added is read, and nothing of it where it added nothing", () => {
  using home = new Home();
  const [first] = home.import("--opencode").stores;
  const db = new Database(join(home.root, ".local", "share", "opencode", "opencode.db"));
  db.exec("UPDATE session SET title = 'Another', time_updated = time_updated + 1");
  db.close();
  expect(home.import("--opencode")).toMatchObject({ bytesRead: first?.bytesRead, new: 0 });
  const [again] = home.import("--opencode").stores;
  expect(again).toMatchObject({ read: 0, unchanged: 1, bytesRead: 0, places: first?.places });
});
