import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { expectComplete } from "../agents/truth/expectComplete.ts";
import { PLUGIN } from "./Host.ts";
import { recorded, Stage, spoken } from "./Stage.ts";

const STORE = new URL("../fixtures/opencode-2/opencode-v2.sql", import.meta.url);
/** The code of the plugin, which a reload may import anew: what it knew of messages under way is lost then. */
const CODE = new URL("dist/plugin2.js", `file://${PLUGIN}/`).href;

const FORK = "ses_edc5179daffdcO8ussI46Uya4s";
const TURNS = "ses_edc51826fffeuWQICogSUisGaa";
const WITH_TOOLS = "ses_edc517f96ffe48ACWK8aw2yWcS";

/** OpenCode's database, where its plugin says that it is, with these of the recorded sessions. */
function layOut(on: Stage, ...sessions: string[]): string {
  const directory = join(on.daemon.paths.root, ".local", "share", "opencode");
  mkdirSync(directory, { recursive: true });
  const path = join(directory, "opencode.db");
  const db = new Database(path);
  db.exec(readFileSync(STORE, "utf8"));
  const those = JSON.stringify(sessions);
  for (const [table, id] of [
    ["session_message", "session_id"],
    ["session_v2", "id"],
  ]) {
    db.prepare(`DELETE FROM ${table} WHERE ${id} NOT IN (SELECT value FROM json_each(?))`).run(
      those,
    );
  }
  db.close();
  return path;
}

/** What OpenCode 2's store makes good, by itself. */
export function storeScenarios(name: string, runtime: string): void {
  describe(`OpenCode 2 on ${name}, with its store`, () => {
    test("a fork's copies, of which no event tells, are in the record within 5 s", async () => {
      await using on = await Stage.set(runtime);
      const fork = recorded("05-fork");
      layOut(on, TURNS, FORK);
      await on.host.open("/a", "/b");
      await on.host.publish(fork);
      const told = performance.now();
      await on.expectSaid(FORK, [
        "user: hello",
        "assistant: Hello from the fake model.",
        "user: second turn",
        "assistant: Second answer.",
        "user: forked turn",
        "assistant: Answer in the fork.",
      ]);
      expect(performance.now() - told).toBeLessThan(5_000);
    });

    test("what was said while nobody listened is in the record within 5 s of the next start", async () => {
      await using on = await Stage.set(runtime);
      await on.host.open("/a");
      // Without the end of its execution, after which that session alone would be looked at.
      const turn = recorded("01-turn").filter(({ type }) => !type.startsWith("session.execution."));
      await on.host.publish(turn);
      await on.expectSaid(TURNS, ["user: hello", "assistant: Hello from the fake model."]);
      await on.host.stop();
      layOut(on, TURNS);
      await on.begin(runtime);
      await on.host.open("/a");
      // Nobody goes on with that session: the first event is of another.
      const begun = performance.now();
      await on.host.publish(recorded("06-model-error").slice(0, 1));
      await on.expectSaid(TURNS, [
        "user: hello",
        "assistant: Hello from the fake model.",
        "user: second turn",
        "assistant: Second answer.",
      ]);
      expect(performance.now() - begun).toBeLessThan(5_000);
    });

    test.each([1, 2, 3, 4])(
      "imported anew in the middle of an answer, in place %i of 5: nothing is lost in the end",
      async (fifth) => {
        await using on = await Stage.set(runtime);
        const store = layOut(on, WITH_TOOLS);
        const events = recorded("03-tools-parallel");
        const cut = Math.floor((events.length * fifth) / 5);
        await on.host.open("/a");
        await on.host.publish(events.slice(0, cut));
        await on.host.send({ do: "reload", location: "/a", revision: 1, file: CODE });
        await on.host.publish(events.slice(cut));
        await expect.poll(() => missing(on, store), { timeout: 20_000, interval: 500 }).toBeNull();
        expect(spoken(on.daemon.paths.database, WITH_TOOLS)).toHaveLength(3);
      },
    );
  });
}

/** What `verify` misses; null where that is nothing. */
function missing(on: Stage, store: string): string | null {
  try {
    expectComplete(on.daemon.paths.root, ["--opencode", store]);
    return null;
  } catch (error) {
    return String(error);
  }
}
