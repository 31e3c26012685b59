import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { pidOf, processorTime } from "../../../../test/bench/proc.ts";
import { TestDaemon, testClient } from "../../../../test/harness/daemon.ts";
import { RECORDINGS } from "../translate/recordings.ts";
import { FIXTURES, inOrder } from "../translate/rows.ts";
import { line, Seat, T0, texts } from "./seat.ts";

/** Told to end, it does so within a second, keeps the note and has nothing to tell. */
async function expectEndsAtOnce(seat: Seat, forwarder: ChildProcess): Promise<void> {
  const told = performance.now();
  forwarder.kill("SIGTERM");
  await once(forwarder, "exit");
  expect(performance.now() - told).toBeLessThan(1_000);
  expect(seat.notes()).toHaveLength(1);
  expect(existsSync(join(seat.paths.logs, "forwarder.log"))).toBe(false);
}

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
    appendFileSync(seat.transcript("s"), line("b", 2, again));
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
    // Behind a look that is under way, and not behind the seconds of rest after it.
    const told = performance.now();
    forwarder.kill("SIGTERM");
    await once(forwarder, "exit");
    expect(performance.now() - told).toBeLessThan(2_000);
  });

  test("ends by SIGTERM at once, where it waits for a daemon too, and keeps the note", async () => {
    await using seat = new Seat();
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("Stop", "s");
    const forwarder = seat.forward();
    // By then it waits for seconds between its tries.
    await sleep(6_000);
    await expectEndsAtOnce(seat, forwarder);
  });

  test("ends by SIGTERM in the middle of a long transcript, and keeps the note", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const prompt = { message: { content: "x".repeat(20_000) } };
    const lines = Array.from({ length: 4_000 }, (_, i) => line(`m${i}`, i, prompt));
    writeFileSync(seat.transcript("s"), lines.join(""));
    seat.note("Stop", "s");
    const forwarder = seat.forward();
    await vi.waitFor(async () => expect((await seat.rows()).messages).not.toEqual([]), 20_000);
    await expectEndsAtOnce(seat, forwarder);
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
