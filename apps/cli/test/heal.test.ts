import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Source } from "@duolog/contract";
import { initialState2, translate2 } from "@duolog/opencode-plugin/translate";
import Database from "libsql";
import { expect, test, vi } from "vitest";
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

test("at its start the daemon has read what changed of sessions that it has, and none from before these", async () => {
  await using home = new TestHome();
  appendLines(home, "known", [promptLine("known", 1)]);
  await home.json(["import"]);
  await home.run(["stop"]);
  appendLines(home, "known", [answerLine("known", 2)]);
  utimesSync(appendLines(home, "strange", [promptLine("strange", 3)]), T / 1_000, T / 1_000);
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

/** OpenCode 2's database in its usual place, with a session of one prompt and a row of another type. */
function layOutOpencode2(
  home: TestHome,
  sessionId: string,
  text: string,
  type = "idle",
  now = Date.now(),
): void {
  const directory = join(home.env.HOME as string, ".local", "share", "opencode");
  mkdirSync(directory, { recursive: true });
  const db = new Database(join(directory, "opencode.db"));
  db.exec(`CREATE TABLE session_v2 (id text PRIMARY KEY, directory text, version text, time_created integer, time_updated integer);
    CREATE TABLE session_message (id text PRIMARY KEY, session_id text, type text, seq integer,
      time_created integer, time_updated integer, data text);
    INSERT INTO session_v2 VALUES ('${sessionId}', '/home/ada/garden', '2.4.0', ${now}, ${now});
    INSERT INTO session_message VALUES ('msg_1', '${sessionId}', 'user', 1, ${now}, ${now},
      '{"text":"${text}","time":{"created":${now}}}'),
      ('msg_2', '${sessionId}', '${type}', 2, ${now}, ${now}, '{"time":{"created":${now}}}')`);
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

/** Writes it so many minutes ago. */
function minutesAgo(path: string, minutes: number): void {
  const at = Date.now() / 1_000 - minutes * 60;
  utimesSync(path, at, at);
}

function noted(home: TestHome, name: string) {
  return JSON.parse(readFileSync(join(home.paths.root, name), "utf8"));
}

/** What the next look that ends leaves. */
async function nextLooks(home: TestHome) {
  const file = join(home.paths.root, "looks.json");
  const before = statSync(file, { throwIfNoEntry: false })?.ino;
  await vi.waitFor(() => expect(statSync(file).ino).not.toBe(before), { timeout: 20_000 });
  return noted(home, "looks.json");
}

const MISSED = /^Claude Code +has written since .*nothing came from its plugin \(1 session\)/m;

test("sessions that came while nothing comes from the plugin are taken in, and told until it is heard again", async () => {
  await using home = new TestHome({ DUOLOG_HEAL_MS: "100" });
  minutesAgo(appendLines(home, "before", [promptLine("before", 1)]), 60);
  await home.run(["start"]);
  const source = Source.claude_code;
  const rpc = home.client("claude-code-plugin");
  await rpc.upsertSession({ id: "live", source, createdAt: T, updatedAt: Date.now() });
  await rpc.close();
  await home.run(["stop"]);
  // As if that had been half an hour ago.
  const then = Date.now() - 30 * 60_000;
  expect(Number(noted(home, "heard.json")[source])).toBeGreaterThan(then);
  writeFileSync(join(home.paths.root, "heard.json"), JSON.stringify({ [source]: then }));
  await home.run(["start"]);
  const looks = await nextLooks(home);
  const later = appendLines(home, "later", [promptLine("later", 2)]);
  minutesAgo(later, 10);
  looks.agents[source].at = then;
  writeFileSync(join(home.paths.root, "looks.json"), JSON.stringify(looks));
  await untilTexts(home, "later", ["Prompt 2"]);
  expect(await texts(home, "before")).toEqual([]);
  await vi.waitFor(() => {
    expect(home.log()).toContainEqual(
      expect.objectContaining({ msg: "not brought by the plugin", agent: source, sessions: 1 }),
    );
  });
  expect((await home.run(["status"])).stdout).toMatch(MISSED);
  const [{ missed }] = (await home.json(["status"])).agents;
  expect(missed).toEqual({ sessions: 1, since: Math.floor(statSync(later).mtimeMs) });
  const again = home.client("claude-code-plugin");
  await again.upsertSession({ id: "live", source, updatedAt: Date.now() });
  await again.close();
  await home.run(["stop"]);
  expect((await home.run(["status"])).stdout).not.toMatch(/^Claude Code/m);
}, 60_000);

test("OpenCode 2 takes over and loads no plugin: told in status, with its version and what mends it", async () => {
  await using home = new TestHome({ DUOLOG_HEAL_MS: "200" });
  const source = Source.opencode;
  const then = Date.now() - 30 * 60_000;
  await home.run(["start"]);
  const rpc = home.client();
  await rpc.upsertSession({
    id: "ses_0",
    source,
    agentVersion: "1.18.34",
    createdAt: then,
    updatedAt: then,
  });
  await rpc.close();
  await home.run(["stop"]);
  writeFileSync(join(home.paths.root, "heard.json"), JSON.stringify({ [source]: then }));
  rmSync(join(home.paths.root, "looks.json"), { force: true });
  layOutOpencode2(home, "ses_1", "Said to version 2", "hologram", Date.now() - 10 * 60_000);
  await home.run(["start"]);
  await untilTexts(home, "ses_1", ["Said to version 2"]);
  await vi.waitFor(async () => {
    const { stdout } = await home.run(["status"]);
    expect(stdout).toMatch(
      /^OpenCode +2\.4\.0 was seen \(tested up to 2\.0\.26\): 1 kind of entries is not known \(session_message\/hologram\)$/m,
    );
    expect(stdout).toMatch(
      /^OpenCode +has written since .*, and nothing came from its plugin \(1 session\)\. Is there `\{ "plugin": \["[^"]+opencode-plugin"\] \}` in opencode\.json\?/m,
    );
  });
}, 60_000);

test("what is read unasked tells of types that are not known", async () => {
  await using home = new TestHome();
  layOutOpencode2(home, "ses_1", "Said", "hologram");
  await home.run(["start"]);
  const rpc = home.client();
  rpc.lookAgain(["ses_1"]);
  await untilTexts(home, "ses_1", ["Said"]);
  await rpc.close();
  await vi.waitFor(async () => {
    expect((await home.run(["status"])).stdout).toMatch(
      /^OpenCode +.*1 kind of entries is not known \(session_message\/hologram\)/m,
    );
  });
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
