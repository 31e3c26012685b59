import { mkdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Source } from "@duolog/contract";
import { initialState2, translate2 } from "@duolog/opencode-plugin/translate";
import Database from "libsql";
import { expect, test } from "vitest";
import { createLookout } from "../../opencode-plugin/src/lookAgain.ts";
import { answerLine, appendLines, promptLine, T } from "./claudeHome.ts";
import { TestHome } from "./duolog.ts";

const SOON = { DUOLOG_HEAL_MS: "200" };

async function texts(home: TestHome, sessionId: string): Promise<(string | null)[]> {
  const rpc = home.client();
  try {
    const { items } = await rpc.reader.message.list({ sessionId });
    return items.map(({ textContent }) => textContent);
  } finally {
    await rpc.close();
  }
}

/** Waits, 20 s at most, until the session has these texts. */
async function untilTexts(home: TestHome, sessionId: string, wanted: string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await texts(home, sessionId)).length === wanted.length) break;
    await setTimeout(100);
  }
  expect(await texts(home, sessionId)).toEqual(wanted);
}

test("at its start the daemon has read what changed of sessions that it has, and no others", async () => {
  await using home = new TestHome();
  appendLines(home, "known", [promptLine("known", 1)]);
  await home.json(["import"]);
  await home.run(["stop"]);
  appendLines(home, "known", [answerLine("known", 2)]);
  appendLines(home, "strange", [promptLine("strange", 3)]);
  Object.assign(home.env, SOON);
  await home.run(["start"]);
  await untilTexts(home, "known", ["Prompt 1", "Answer 2"]);
  expect(await texts(home, "strange")).toEqual([]);
  // What was read is not read again; what was not is for an import.
  expect(await home.json(["import"])).toMatchObject({ sessions: 1, messages: 1, new: 2 });
});

test("a session that ended is read as its agent kept it, one that goes on is left to live capture", async () => {
  await using home = new TestHome(SOON);
  await home.run(["start"]);
  const now = Date.now() / 1_000;
  for (const id of ["ended", "live"]) {
    const path = appendLines(home, id, [promptLine(id, 1), answerLine(id, 2)]);
    utimesSync(path, now, now);
  }
  const rpc = home.client("claude-code-plugin");
  const source = Source.claude_code;
  await rpc.upsertSession({ id: "live", source, createdAt: T, updatedAt: T });
  await rpc.upsertSession({ id: "ended", source, createdAt: T, endedAt: T + 9_000 });
  await rpc.close();
  await untilTexts(home, "ended", ["Prompt 1", "Answer 2"]);
  await setTimeout(1_000);
  expect(await texts(home, "live")).toEqual([]);
});

/** OpenCode 2's database in its usual place, with a session of one prompt. */
function layOutOpencode2(home: TestHome, sessionId: string, text: string): void {
  const directory = join(home.env.HOME as string, ".local", "share", "opencode");
  mkdirSync(directory, { recursive: true });
  const db = new Database(join(directory, "opencode.db"));
  const now = Date.now();
  db.exec(`CREATE TABLE session_v2 (id text PRIMARY KEY, directory text, time_created integer, time_updated integer);
    CREATE TABLE session_message (id text PRIMARY KEY, session_id text, type text, seq integer,
      time_created integer, time_updated integer, data text);
    INSERT INTO session_v2 VALUES ('${sessionId}', '/home/ada/garden', ${now}, ${now});
    INSERT INTO session_message VALUES ('msg_1', '${sessionId}', 'user', 1, ${now}, ${now},
      '{"text":"${text}","time":{"created":${now}}}')`);
  db.close();
}

test("a session that a plugin asks for is read within 5 s, though somebody works in it", async () => {
  await using home = new TestHome();
  layOutOpencode2(home, "ses_1", "Said before the plugin was there");
  await home.run(["start"]);
  const rpc = home.client();
  const asked = performance.now();
  rpc.lookAgain(["ses_1"]);
  await untilTexts(home, "ses_1", ["Said before the plugin was there"]);
  expect(performance.now() - asked).toBeLessThan(5_000);
  await rpc.close();
});

test("a fork, captured live: its copies, which come as no event, are there within 5 s", async () => {
  await using home = new TestHome();
  const fixtures = new URL("../../../test/fixtures/opencode-2/", import.meta.url);
  const read = (name: string) => readFileSync(new URL(name, fixtures), "utf8");
  const directory = join(home.env.HOME as string, ".local", "share", "opencode");
  mkdirSync(directory, { recursive: true });
  const db = new Database(join(directory, "opencode.db"));
  db.exec(read("opencode-v2.sql"));
  db.close();
  await home.run(["start"]);
  const rpc = home.client();
  const hear = createLookout((sessions) => rpc.lookAgain(sessions));
  let state = initialState2;
  for (const line of read("05-fork.jsonl").trim().split("\n").slice(1)) {
    const { event, at } = JSON.parse(line);
    const [next, results] = translate2(state, event, at);
    state = next;
    for (const result of results) if (result.kind !== "rejected") rpc.record(result);
    hear(event);
  }
  const ended = performance.now();
  await untilTexts(home, "ses_edc5179daffdcO8ussI46Uya4s", [
    "hello",
    "Hello from the fake model.",
    "second turn",
    "Second answer.",
    "forked turn",
    "Answer in the fork.",
  ]);
  expect(performance.now() - ended).toBeLessThan(5_000);
  await rpc.close();
});

test("DUOLOG_HEAL_MS=0: never", async () => {
  await using home = new TestHome({ DUOLOG_HEAL_MS: "0" });
  appendLines(home, "ended", [promptLine("ended", 1)]);
  await home.run(["start"]);
  const rpc = home.client("claude-code-plugin");
  await rpc.upsertSession({ id: "ended", source: Source.claude_code, endedAt: T + 9_000 });
  await rpc.close();
  await setTimeout(1_500);
  expect(await texts(home, "ended")).toEqual([]);
});
