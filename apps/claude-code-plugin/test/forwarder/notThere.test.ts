import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { TestDaemon } from "../../../../test/harness/daemon.ts";
import { line, Seat, T0, texts } from "./seat.ts";

const NONE = "hook: no transcript of its session is in Claude Code's directories";

/** The path of a session's transcript in another project. */
const inProject = (seat: Seat, project: string, session = "s") => {
  const directory = join(seat.project, "..", project);
  mkdirSync(directory, { recursive: true });
  return join(directory, `${session}.jsonl`);
};
const reasons = (seat: Seat) => seat.rejected().map(({ reason }) => reason);
const log = (seat: Seat) => (existsSync(join(seat.paths.logs, "forwarder.log")) ? seat.log() : "");

describe.concurrent("a hook's note whose transcript is not where it says", () => {
  test.each<[string, (seat: Seat) => string]>([
    [
      "another project's, that is not there",
      (seat) => join(seat.project, "..", "-gone", "s.jsonl"),
    ],
    ["its own project's", (seat) => seat.transcript("s")],
    ["that of the session before", (seat) => seat.transcript("before")],
    ["one elsewhere", () => "/sandbox/.claude/projects/-w/s.jsonl"],
    ["one that can't be", (seat) => `${seat.project}/${"x".repeat(300)}/s.jsonl`],
  ])("is found by the session's id where the path is %s", async (_what, pathOf) => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(inProject(seat, "-w--claude-worktrees-w1"), line("a", 1) + line("b", 2));
    writeFileSync(seat.transcript("before"), line("other", 1, { sessionId: "before" }));
    seat.note("Stop", "s", { transcript_path: pathOf(seat) });
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a", "b"]);
    expect([seat.notes(), reasons(seat), log(seat)]).toEqual([[], [], ""]);
  });

  test("waits for it, and is told once nothing came", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    seat.note("SessionStart", "s");
    seat.note("UserPromptSubmit", "s", { prompt: "Lost?" });
    seat.note("Stop", "s", { last_assistant_message: "Lost." });
    seat.note("SessionStart", "unused");
    seat.note("SessionEnd", "unused");
    await seat.run();
    expect(reasons(seat)).toEqual([NONE]);
    expect(JSON.stringify(seat.rejected())).toContain("Lost.");
    expect(await seat.rows()).toEqual({ sessions: [], messages: [] });
    expect(seat.notes()).toEqual([]);
    // And no second time.
    seat.note("SessionStart", "other");
    await seat.run();
    expect(reasons(seat)).toEqual([NONE]);
  });

  test("waits over the death of the forwarder, and what comes then is read", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    seat.note("Stop", "s");
    seat.note("Stop", "never");
    const first = seat.forward("60000,300,20000");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 15_000 });
    first.kill("SIGKILL");
    await once(first, "exit");
    writeFileSync(inProject(seat, "-elsewhere"), line("a", 1));
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a"]);
    expect(reasons(seat)).toEqual([NONE]);
  });

  test("one that comes in another project without a hook is read while it waits", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    seat.note("UserPromptSubmit", "s");
    const ended = once(seat.forward("6000,300,20000"), "exit");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 15_000 });
    writeFileSync(inProject(seat, "-elsewhere"), line("a", 1));
    await vi.waitFor(async () => expect(texts(await seat.rows())).toEqual(["a"]), 15_000);
    await ended;
    expect(reasons(seat)).toEqual([]);
  });

  test("M6: its time is an answer's that comes later and tells none", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    seat.note("Stop", "s", {}, 3);
    const ended = once(seat.forward("6000,300,20000"), "exit");
    await vi.waitFor(() => expect(seat.notes()).toEqual([]), { timeout: 15_000 });
    const untimed = { type: "assistant", timestamp: undefined, message: { id: "m", content: [] } };
    writeFileSync(inProject(seat, "-elsewhere"), line("a", 1) + line("m", 0, untimed));
    await ended;
    expect((await seat.rows()).messages).toMatchObject([
      { id: "a", createdAt: T0 + 1_000 },
      { id: "m", createdAt: T0 + 3_000 },
    ]);
  });

  test.each<[string, (seat: Seat) => void, string]>([
    [
      "a dangling link",
      (seat) => symlinkSync("nowhere", seat.transcript("s")),
      "a symlink that leads nowhere",
    ],
    ["a directory", (seat) => mkdirSync(seat.transcript("s")), "no regular file"],
    [
      "a link's text in its project's place",
      (seat) => {
        mkdirSync(join(seat.project, "..", "..", "stow"));
        writeFileSync(join(seat.project, "..", "-linked"), "../stow");
      },
      "a text file in a symlink's place",
    ],
  ])("is logged at once where the reason is known: %s", async (_what, make, reason) => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    make(seat);
    const more = _what.includes("project") ? { transcript_path: inLinked(seat) } : {};
    seat.note("Stop", "s", more);
    const forwarder = seat.forward("60000,300,20000");
    await vi.waitFor(() => expect(log(seat)).toContain(reason), { timeout: 15_000 });
    forwarder.kill("SIGKILL");
  });
});

const inLinked = (seat: Seat) => join(seat.project, "..", "-linked", "s.jsonl");

describe.concurrent("a live session", () => {
  test.each(["old", "new", "no"])(
    "goes on where its transcript was moved, with hooks of the %s place",
    async (named) => {
      await using seat = new Seat();
      await using _daemon = await TestDaemon.start(seat.paths.root);
      writeFileSync(seat.transcript("s"), line("a", 1, { gitBranch: "main" }));
      seat.note("UserPromptSubmit", "s");
      const ended = once(seat.forward("6000,300,20000"), "exit");
      await vi.waitFor(async () => expect(texts(await seat.rows())).toEqual(["a"]), 15_000);
      const moved = inProject(seat, "-w--claude-worktrees-w1");
      renameSync(seat.transcript("s"), moved);
      appendFileSync(moved, line("b", 2, { gitBranch: "w1" }));
      const path = named === "old" ? seat.transcript("s") : moved;
      if (named !== "no") seat.note("Stop", "s", { transcript_path: path });
      await vi.waitFor(async () => expect(texts(await seat.rows())).toEqual(["a", "b"]), 15_000);
      if (named !== "no") seat.note("SessionEnd", "s", { transcript_path: path });
      await ended;
      const { sessions, messages } = await seat.rows();
      expect(messages).toHaveLength(2);
      expect(sessions).toMatchObject([{ id: "s", title: "a", gitBranch: "w1" }]);
      if (named !== "no") expect(sessions).toMatchObject([{ status: "ended" }]);
      expect([reasons(seat), log(seat)]).toEqual([[], ""]);
    },
  );

  test("is read through links of the user's own, its sub-agents too", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const stow = join(seat.paths.root, "stow");
    mkdirSync(join(stow, "s", "subagents"), { recursive: true });
    writeFileSync(join(stow, "s.jsonl"), line("a", 1));
    const agent = { agentId: "x", isSidechain: true };
    writeFileSync(join(stow, "s", "subagents", "agent-x@y.z.jsonl"), line("b", 2, agent));
    symlinkSync(stow, join(seat.project, "..", "-linked"));
    seat.note("Stop", "s", { transcript_path: inLinked(seat) });
    const ended = once(seat.forward("6000,300,20000"), "exit");
    await vi.waitFor(async () => expect(texts(await seat.rows())).toEqual(["a", "b"]), 15_000);
    appendFileSync(join(stow, "s.jsonl"), line("c", 3));
    await ended;
    const { messages } = await seat.rows();
    expect(messages.map(({ id, agentId }) => [id, agentId])).toEqual([
      ["a", undefined],
      ["b", "x@y.z"],
      ["c", undefined],
    ]);
    expect(reasons(seat)).toEqual([]);
  });
});
