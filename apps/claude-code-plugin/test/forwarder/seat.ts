import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataPaths, dataPaths, ensureDataDir } from "@duolog/client/local";
import { expect } from "vitest";
import { cleanEnv, newDataDir, testClient } from "../../../../test/harness/daemon.ts";
import { inOrder, present, type Row } from "../translate/rows.ts";

const FORWARDER = fileURLToPath(new URL("../../dist/forwarder.js", import.meta.url));
const HOOK = fileURLToPath(new URL("../../hooks/note.sh", import.meta.url));
/** When the made-up transcripts begin, epoch ms. */
export const T0 = Date.parse("2026-11-22T11:00:00Z");

/** A data directory with Claude Code's beside it, and the forwarder as a process. */
export class Seat implements AsyncDisposable {
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
    const file = join(this.paths.root, "forwarder-state", `${session}.json`);
    return { text: readFileSync(file, "utf8"), mtimeMs: statSync(file).mtimeMs };
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
  const { changedSeq: _c, key: _k, messageCount: _m, toolCallCount: _t, ended: _e, ...own } = row;
  return present(own);
}

/** A transcript's line of a prompt that says its own uuid, so many seconds after T0. */
export const line = (uuid: string, seconds: number, more: Row = {}) =>
  `${JSON.stringify({
    type: "user",
    uuid,
    sessionId: "s",
    timestamp: new Date(T0 + seconds * 1000).toISOString(),
    message: { content: uuid },
    ...more,
  })}\n`;

/** What the messages say, in order. */
export const texts = (rows: { messages: Row[] }) =>
  rows.messages.map(({ textContent }) => textContent);
