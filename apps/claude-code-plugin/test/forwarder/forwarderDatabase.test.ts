import { once } from "node:events";
import { appendFileSync, copyFileSync, cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { TestDaemon } from "../../../../test/harness/daemon.ts";
import { RECORDINGS } from "../translate/recordings.ts";
import { FIXTURES } from "../translate/rows.ts";
import { line, Seat, texts } from "./seat.ts";

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
