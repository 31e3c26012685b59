import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { writeTranscripts } from "../bench/corpus/transcripts.ts";
import { duolog } from "../harness/command.ts";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { readRecording, translateAll } from "../recordings/opencodeReplay.ts";
import { OpencodeFile } from "./opencodeFile.ts";
import { type AllRows, allRows, importReport, startImport } from "./records.ts";
import { capture, configIn, layOutTranscripts } from "./transcripts.ts";

vi.setConfig({ testTimeout: 120_000 });

/** So many that an import of them takes a second or two. */
const SESSIONS = 100;

const messagesIn = (database: string) =>
  queryRows<{ n: number }>(database, "SELECT COUNT(*) AS n FROM messages")[0]?.n ?? 0;

/** Starts an import and calls `end` once some of its rows are there. Resolves with how it ended. */
async function importUntil(daemon: TestDaemon, signal: NodeJS.Signals) {
  const process = startImport(daemon.paths.root, ["--claude-code"]);
  const texts: Record<string, string> = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    process[name]?.on("data", (data) => {
      texts[name] += data;
    });
  const ended = once(process, "close");
  while (process.exitCode === null && messagesIn(daemon.paths.database) < 300) await setTimeout(5);
  const began = performance.now();
  process.kill(signal);
  const [code] = await ended;
  return { code, ms: performance.now() - began, ...texts };
}

/** What an import of all of them at once gives. */
async function wholeRows(config: string): Promise<AllRows> {
  await using daemon = await TestDaemon.start();
  importReport(daemon.paths.root, ["--claude-code", config]);
  return allRows(daemon.paths.database);
}

test("Ctrl-C ends an import soon, with 130 and a word; run again it takes the rest, as if nothing had been", async () => {
  await using daemon = await TestDaemon.start();
  const { root, database } = daemon.paths;
  writeTranscripts(configIn(root), SESSIONS);
  const before = readdirSync(root);
  const run = await importUntil(daemon, "SIGINT");
  expect(run).toMatchObject({
    code: 130,
    stdout: "",
    stderr: "duolog: stopped before all was imported. Run it again: nothing is taken over twice\n",
  });
  expect(run.ms).toBeLessThan(5_000);
  expect(readdirSync(root).sort()).toEqual(before.sort());
  const rows = allRows(database);
  expect(rows.sessions.length).toBeLessThan(SESSIONS);

  importReport(root, ["--claude-code"]);
  expect(allRows(database)).toEqual(await wholeRows(configIn(root)));
});

test("an import that is killed leaves nothing in the way of the next, which gives the same rows", async () => {
  await using daemon = await TestDaemon.start();
  const { root, database } = daemon.paths;
  writeTranscripts(configIn(root), SESSIONS);
  expect(await importUntil(daemon, "SIGKILL")).toMatchObject({ code: null });
  expect(existsSync(join(root, "import-state.json"))).toBe(false);
  importReport(root, ["--claude-code"]);
  expect(allRows(database)).toEqual(await wholeRows(configIn(root)));
});

test("a daemon that is killed under an import ends it with a word, and the next takes the rest", async () => {
  const dataDir = newDataDir();
  writeTranscripts(configIn(dataDir), SESSIONS);
  const killed = await TestDaemon.start(dataDir);
  const process = startImport(dataDir, ["--claude-code"]);
  let stderr = "";
  process.stderr?.on("data", (data) => {
    stderr += data;
  });
  const ended = once(process, "close");
  while (messagesIn(killed.paths.database) < 300) await setTimeout(5);
  await killed.stop("SIGKILL");
  const [code] = await ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/not all was imported: .*Run it again/);
  importReport(dataDir, ["--claude-code"]);
  expect(allRows(killed.paths.database)).toEqual(await wholeRows(configIn(dataDir)));
  duolog(dataDir, "stop");
  rmSync(dataDir, { recursive: true });
});

/** What depends on the way by which a row came. */
const OWN = ["observed_at", "observed_seq", "stamps"];

function withoutOwn(rows: AllRows) {
  const entries = Object.entries(rows).map(([table, list]: [string, Record<string, unknown>[]]) => [
    table,
    list.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !OWN.includes(name))),
    ),
  ]);
  return Object.fromEntries(entries);
}

test("imports beside live capture of transcripts that grow give the rows that an import gives", async () => {
  await using whole = await TestDaemon.start();
  const source = configIn(whole.paths.root);
  layOutTranscripts(source);
  importReport(whole.paths.root, ["--claude-code"]);

  await using daemon = await TestDaemon.start();
  const config = configIn(daemon.paths.root);
  const pieces = 4;
  for (let piece = 0; piece < pieces; piece++) {
    grow(source, config, piece, pieces);
    const [imported] = await Promise.all([
      once(startImport(daemon.paths.root, ["--claude-code"]), "close"),
      capture(daemon),
    ]);
    expect(imported[0]).toBe(0);
  }
  importReport(daemon.paths.root, ["--claude-code"]);
  expect(withoutOwn(allRows(daemon.paths.database))).toEqual(
    withoutOwn(allRows(whole.paths.database)),
  );
});

/** Appends the next piece of each transcript; a line may be cut in two. */
function grow(from: string, to: string, piece: number, pieces: number): void {
  for (const path of filesBelow(from)) {
    const content = readFileSync(path);
    const at = (n: number) => Math.floor((content.length * n) / pieces);
    const file = join(to, relative(from, path));
    mkdirSync(dirname(file), { recursive: true });
    if (path.endsWith(".jsonl")) appendFileSync(file, content.subarray(at(piece), at(piece + 1)));
    else writeFileSync(file, content);
  }
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("an import beside OpenCode's live capture gives the rows that live capture gives", async () => {
  const events = readRecording("04-tools");
  await using alone = await TestDaemon.start();
  await using both = await TestDaemon.start();
  const directory = join(both.paths.root, ".local", "share", "opencode");
  mkdirSync(directory, { recursive: true });
  using _file = new OpencodeFile(join(directory, "opencode.db"), events);
  const records = translateAll(events);
  const capturing = async (daemon: TestDaemon) => {
    const rpc = testClient(daemon.paths.root, "opencode-plugin");
    for (const record of records) await rpc.ingest([record]);
    await rpc.close();
  };
  await capturing(alone);
  const importing = once(startImport(both.paths.root, ["--opencode"]), "close");
  await Promise.all([importing, capturing(both)]);
  expect(withoutOwn(allRows(both.paths.database))).toEqual(
    withoutOwn(allRows(alone.paths.database)),
  );
});
