import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cleanEnv, newDataDir, TestDaemon } from "../harness/daemon.ts";
import { Host, PLUGIN } from "./Host.ts";
import type { Rules } from "./host/Bus.ts";
import { type Event, recorded, Stage, spoken } from "./Stage.ts";

const [TURN, CONTINUED] = [recorded("01-turn"), recorded("02-continue")];
const SESSION = "ses_edc51826fffeuWQICogSUisGaa";
const SAID = ["user: hello", "assistant: Hello from the fake model."];
const SAID_ON = [...SAID, "user: second turn", "assistant: Second answer."];

const DELEGATED = recorded("04-subagent");
const PARENT = "ses_edc517cf5ffe4GS8om62GwKyM0";
const CHILD = "ses_edc517b0dffe4W4IgEAsKi8Ayq";
const SAID_BY_PARENT = ["user: delegate", "assistant: -", "assistant: There are two files."];
const SAID_BY_CHILD = [
  "user: You are a subagent spawned by another session.\nList the files.",
  "assistant: Two files.",
];

const BUILT = ["dist/plugin.js", "dist/plugin2.js"];

/** What must hold of the built plugin in an OpenCode 2 that runs on this runtime. */
export function hostScenarios(name: string, runtime: string): void {
  describe(`OpenCode 2 on ${name}`, () => {
    test("three locations, one stream, each thing recorded once; stopped within its 5 s", async () => {
      await using on = await Stage.set(runtime);
      expect(await on.host.send({ do: "open", location: "/a" })).toBe("duolog active");
      await on.host.open("/b", "/c");
      expect(await on.host.send({ do: "streams" })).toBe(1);
      await on.host.publish([...TURN, ...CONTINUED, ...DELEGATED]);
      const { ended, ms } = await on.host.stop();
      expect(ended).toBe("0");
      expect(ms).toBeLessThan(4_000);
      await on.expectSaid(SESSION, SAID_ON);
      await on.expectSaid(PARENT, SAID_BY_PARENT);
      await on.expectSaid(CHILD, SAID_BY_CHILD);
      const { root } = on.daemon.paths;
      expect(readFileSync(join(root, "opencode-stores"), "utf8")).toBe(
        `${join(root, ".local/share/opencode")}\n`,
      );
      expect(on.rows("SELECT id FROM sessions ORDER BY id")).toEqual(
        [SESSION, PARENT, CHILD].sort().map((id) => ({ id })),
      );
    });

    test.each<[string, string[], unknown]>([
      ["server.js", ["server.js", ...BUILT], "duolog active"],
      ["index.js", ["index.js", ...BUILT], "duolog active"],
      ["no file of its root, whatever package.json says", BUILT, "dropped"],
      ["server.js without a build, which it tells", ["server.js", "index.js"], "failed"],
    ])("OpenCode 2 enters by %s", async (_what, names, opened) => {
      const plugin = folderWith(...names);
      await using host = await Host.start({ runtime, env: cleanEnv(plugin), plugin });
      expect(await host.send({ do: "open", location: "/a" })).toBe(opened);
      await host.stop();
      expect(host.printed).toEqual([]);
      rmSync(plugin, { recursive: true });
    });

    test("the location that listens is evicted in the middle of an answer; another has the rest", async () => {
      await using on = await Stage.set(runtime);
      await on.host.open("/a", "/b");
      const cut = TURN.findIndex(({ type }) => type === "session.text.ended");
      await on.host.publish(TURN.slice(0, cut));
      await on.host.send({ do: "evict", location: "/a" });
      expect(await on.host.send({ do: "streams" })).toBe(1);
      await on.host.publish([...TURN.slice(cut), ...CONTINUED]);
      await on.expectSaid(SESSION, SAID_ON);
    });

    test.each([
      ["its entry alone", undefined],
      ["all of it", new URL("dist/plugin2.js", `file://${PLUGIN}/`).href],
    ])(
      "reloaded between two turns, %s imported anew, in one location after the other",
      async (_what, file) => {
        await using on = await Stage.set(runtime);
        await on.host.open("/a", "/b");
        await on.host.publish(TURN);
        const renewed = file === undefined ? {} : { file };
        await on.host.send({ do: "reload", location: "/a", revision: 1, ...renewed });
        await on.host.send({ do: "reload", location: "/b", revision: 1, ...renewed });
        expect(await on.host.send({ do: "streams" })).toBe(1);
        await on.host.publish(CONTINUED);
        await on.expectSaid(SESSION, SAID_ON);
      },
    );

    test("an event that can't be encoded ends the stream; the next turn is recorded all the same", async () => {
      await using on = await Stage.set(runtime);
      await on.host.open("/a");
      await on.host.publish(TURN);
      await on.host.send({ do: "poison" });
      await expect.poll(() => on.host.send({ do: "streams" })).toBe(1);
      await on.host.publish(CONTINUED, true);
      await on.expectSaid(SESSION, SAID_ON);
    });

    test.each([
      ["stopped within its 5 s", async (host: Host) => (await host.stop()).ended, "0"],
      ["killed", async (host: Host) => host.kill(), undefined],
    ])(
      "no daemon and six locations: %s, and all that was told arrives later",
      async (_how, end, ended) => {
        const dataDir = newDataDir();
        await using host = await Host.start({ runtime, env: cleanEnv(dataDir, { PATH: dataDir }) });
        await host.open("/a", "/b", "/c", "/d", "/e", "/f");
        await host.publish([...TURN, ...CONTINUED], true);
        expect(await end(host)).toBe(ended);
        expect(host.printed).toEqual([]);
        await using daemon = await TestDaemon.start(dataDir);
        await expect
          .poll(() => spoken(daemon.paths.database, SESSION), { timeout: 10_000 })
          .toEqual(SAID_ON);
      },
    );

    test("a daemon that does not answer holds six cleanups up for 1.5 s together", async () => {
      await using on = await Stage.set(runtime);
      await on.host.open("/a", "/b", "/c", "/d", "/e", "/f");
      await on.host.publish(TURN);
      await on.expectSaid(SESSION, SAID);
      on.daemon.process.kill("SIGSTOP");
      await on.host.publish(CONTINUED);
      const begun = performance.now();
      await on.host.send({ do: "stop" });
      expect(performance.now() - begun).toBeGreaterThan(1_000);
      expect(performance.now() - begun).toBeLessThan(3_000);
    });

    test.each<[string, Partial<Rules>, (event: Event) => Event]>([
      ["a signal that nobody heeds", { heedsSignal: false }, (event) => event],
      ["streams closed before the cleanup", { closesFirst: true }, (event) => event],
      ["a closed stream that says so", { settlesNext: true }, (event) => event],
      ["no event that tells its location", {}, ({ location: _, ...event }) => event],
      [
        "every event with its location",
        {},
        (event) => ({ ...event, location: { directory: "/home/dev/proj" } }),
      ],
    ])("the same rows with %s", async (_what, rules, changed) => {
      await using on = await Stage.set(runtime, { rules });
      await on.host.open("/a", "/b");
      await on.host.publish(TURN.map(changed));
      await on.host.send({ do: "evict", location: "/a" });
      await on.host.publish(CONTINUED.map(changed));
      expect(await on.host.stop()).toMatchObject({ ended: "0" });
      await on.expectSaid(SESSION, SAID_ON);
      expect(on.rows("SELECT title, project_path, status FROM sessions")).toEqual([
        { title: "Greeting", project_path: "/home/dev/proj", status: "idle" },
      ]);
    });
  });
}

/** A copy of the plugin's folder, with these of its files. */
function folderWith(...names: string[]): string {
  const folder = newDataDir();
  mkdirSync(join(folder, "dist"));
  for (const name of ["package.json", ...names]) {
    copyFileSync(join(PLUGIN, name), join(folder, name));
  }
  return folder;
}
