import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RpcClient } from "@duolog/client";
import { type DataPaths, dataPaths, ensureDataDir } from "@duolog/client/local";
import type { IngestRecord } from "@duolog/contract";
import { afterAll, expect, test } from "vitest";
import { databaseIdentity } from "../../src/forwarder/database/databaseIdentity.ts";
import { Forwarder } from "../../src/forwarder/forwarder.ts";
import { LiveSession } from "../../src/forwarder/liveSession.ts";
import { Positions } from "../../src/forwarder/positions.ts";
import type { SavedPosition } from "../../src/reader/transcriptReader.ts";
import { TRANSLATOR_VERSION } from "../../src/translate/index.ts";
import { answer, at, prompt } from "../translate/lines.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "duolog-upgrade-")));
afterAll(() => rmSync(root, { recursive: true }));

/** A data directory whose forwarder is beside a daemon that takes all. */
class House {
  readonly paths: DataPaths;
  readonly project: string;
  readonly taken: IngestRecord[][] = [];
  onIngest: () => void = () => {};
  #notes = 0;

  constructor(name: string) {
    this.paths = dataPaths(join(root, name));
    ensureDataDir(this.paths);
    const claude = join(root, `${name}-claude`);
    this.project = join(claude, "projects", "-w");
    mkdirSync(this.project, { recursive: true });
    writeFileSync(join(this.paths.root, "claude-dirs"), `${claude}\n`);
    writeFileSync(this.paths.database, "");
  }

  get database(): string | null {
    return databaseIdentity(this.paths.database);
  }

  /** A transcript that was last written an hour ago. */
  write(sessionId: string, lines: object[]): string {
    const path = join(this.project, `${sessionId}.jsonl`);
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    utimesSync(path, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
    return path;
  }

  /** As an older version left it: all of it read, in a `translator` of its own or none noted. */
  readBy(sessionId: string, path: string, translator?: number): void {
    const session = new LiveSession({ sessionId, path }, null);
    for (const _portion of session.read());
    const { files, ...positions } = session.positions();
    const old = Object.entries(files).map(([file, { translator: _t, ...saved }]) => [
      file,
      translator === undefined ? saved : { ...saved, translator },
    ]);
    const kept = { ...positions, endedAt: null, files: Object.fromEntries(old) };
    new Positions(this.paths.root).save(kept, this.database);
  }

  note(event: string, sessionId: string): void {
    const payload = {
      session_id: sessionId,
      transcript_path: join(this.project, `${sessionId}.jsonl`),
      hook_event_name: event,
    };
    this.#notes += 1;
    writeFileSync(join(this.paths.inbox, `${this.#notes}-0.json`), JSON.stringify(payload));
  }

  async run(): Promise<void> {
    const rpc = {
      ingest: async (records: IngestRecord[]) => {
        if (records.length > 0) this.taken.push(records);
        this.onIngest();
        return { status: "ok", results: records.map(() => ({ ok: true, changed: true })) };
      },
      reject: () => true,
    } as unknown as RpcClient;
    const timing = { quiet: 300, settle: 100, patience: 5_000 };
    await new Forwarder(this.paths, rpc, timing, () => {}).run();
  }

  /** The sessions whose records were taken, in order. */
  order(): string[] {
    const ids = this.taken
      .flat()
      .map(({ data }) => String("sessionId" in data ? data.sessionId : data.id));
    return ids.filter((id, i) => id !== ids[i - 1]);
  }

  translators(sessionId: string, path: string): (number | undefined)[] {
    const kept = new Positions(this.paths.root).load(sessionId, path, this.database);
    return Object.values(kept?.files ?? {}).map((saved: SavedPosition) => saved.translator);
  }
}

const callOf = (sessionId: string) =>
  answer("m", "", {
    line: { sessionId, timestamp: at(1) },
    message: { content: [{ type: "tool_use", id: "t", name: "Bash", input: {} }] },
  });
const promptOf = (sessionId: string, text = "x") => prompt(text, { sessionId, timestamp: at(0) });

test.each([undefined, 1])(
  "what translator %s read is read again, once, and its calls are filled in",
  async (translator) => {
    const house = new House(`once-${translator}`);
    const path = house.write("s", [promptOf("s"), callOf("s")]);
    house.readBy("s", path, translator);
    await house.run();
    expect(house.taken.flat().filter(({ kind }) => kind === "toolCall")).toMatchObject([
      { data: { sessionId: "s", id: "t", name: "Bash" } },
    ]);
    expect(house.translators("s", path)).toEqual([TRANSLATOR_VERSION]);
    house.taken.length = 0;
    await house.run();
    expect(house.taken).toEqual([]);
  },
);

test("what this translator read is not read again", async () => {
  const house = new House("same");
  house.readBy("s", house.write("s", [promptOf("s"), callOf("s")]), TRANSLATOR_VERSION);
  await house.run();
  expect(house.taken).toEqual([]);
});

test("notes come first, also while a long transcript is being read again", async () => {
  const house = new House("first");
  const long = Array.from({ length: 40 }, (_, i) => ({
    ...promptOf("long", `${i} ${"x".repeat(200_000)}`),
    uuid: `u${i}`,
  }));
  house.readBy("long", house.write("long", long), 1);
  house.readBy("old", house.write("old", [promptOf("old")]), 1);
  house.write("live", [promptOf("live")]);
  house.note("UserPromptSubmit", "live");
  // A second one comes with the long one's first portion, which is slow.
  house.onIngest = () => {
    if (house.order().at(-1) !== "long" || house.order().includes("later")) return;
    house.onIngest = () => {};
    house.write("later", [promptOf("later")]);
    house.note("UserPromptSubmit", "later");
    const until = performance.now() + 150;
    while (performance.now() < until);
  };
  await house.run();
  expect(house.order()).toEqual(["live", "long", "later", "long", "old"]);
});

test("a session that is taken up meanwhile is left to whoever follows it", async () => {
  const house = new House("taken-up");
  const path = house.write("s", [promptOf("s"), callOf("s")]);
  house.readBy("s", path, 1);
  house.note("UserPromptSubmit", "s");
  await house.run();
  const calls = house.taken.flat().filter(({ kind }) => kind === "toolCall");
  expect(calls).toHaveLength(1);
  expect(house.translators("s", path)).toEqual([TRANSLATOR_VERSION]);
});
