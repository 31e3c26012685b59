import type { MessageUpsert, SessionEventUpsert, ToolCallUpsert } from "@duolog/contract";
import { expect, test, vi } from "vitest";
import { when } from "../src/output/text.ts";
import { TestHome } from "./duolog.ts";

vi.setConfig({ testTimeout: 60_000 });

const T = 1_769_760_000_000;
const AT = when(T);

type Rpc = ReturnType<TestHome["client"]>;
type Of<Upsert> = Omit<Upsert, "sessionId">;

/** What the rows of one session are sent by; each is told to have happened at its time. */
class Told {
  constructor(
    readonly rpc: Rpc,
    readonly sessionId: string,
  ) {}

  async message(at: number, message: Of<MessageUpsert>): Promise<void> {
    const { sessionId } = this;
    const row = { createdAt: T + at, updatedAt: T + at, ...message, sessionId };
    expect(await this.rpc.upsertMessage(row)).toMatchObject({ status: "stored" });
  }

  async call(at: number, call: Of<ToolCallUpsert>): Promise<void> {
    const { sessionId } = this;
    const row = { createdAt: T + at, updatedAt: T + at, ...call, sessionId };
    expect(await this.rpc.upsertToolCall(row)).toMatchObject({ status: "stored" });
  }

  async event(at: number, event: Of<SessionEventUpsert>): Promise<void> {
    const { sessionId } = this;
    const row = { createdAt: T + at, updatedAt: T + at, ...event, sessionId };
    expect(await this.rpc.upsertEvent(row)).toMatchObject({ status: "stored" });
  }
}

async function withDaemon(home: TestHome, fill: (rpc: Rpc) => Promise<void>): Promise<void> {
  await home.run(["start"]);
  const rpc = home.client("duolog-test");
  await fill(rpc);
  await rpc.close();
}

/** The lines of `show` behind the header. */
async function shownLines(home: TestHome, id: string, ...options: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await home.run(["show", id, ...options]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.slice(stdout.indexOf("\n\n") + 2).split("\n");
}

const LONG_COMMAND = `cat <<E\n${"x\n".repeat(1_000)}E`;
const LONG_OUTPUT = `first\n${"line\n".repeat(2_000)}last`;

/** Calls of every status, with texts in their rows and outside; one answer is being given. */
async function fillCalls(rpc: Rpc): Promise<void> {
  const session = { id: "s1", source: "claude-code", projectPath: "/w/app", updatedAt: T } as const;
  await rpc.upsertSession(session);
  const told = new Told(rpc, "s1");
  await told.message(0, { id: "u1", role: "user", textContent: "Go" });
  await told.message(1, {
    id: "a1",
    role: "assistant",
    textContent: "I begin.",
    reasoningText: `First ${"think ".repeat(200)}end`,
  });
  const call = (at: number, id: string, position: number, fields: object) =>
    told.call(at, { id, messageId: "a1", position, source: "claude-code", ...fields });
  // Parallel ones may be told in any order.
  await call(3, "t2", 2, {
    name: "Bash",
    kind: "shell",
    status: "error",
    input: '{"command":"make"}',
    output: "Exit code 3\nbad",
    error: "Exit code 3",
    durationMs: 454,
  });
  await call(2, "t1", 1, {
    name: "Bash",
    kind: "shell",
    status: "success",
    input: JSON.stringify({ command: LONG_COMMAND }),
    output: LONG_OUTPUT,
    outputBytes: 5_000_000,
    durationMs: 1_500,
  });
  await call(4, "t3", 3, {
    name: "Write",
    kind: "write",
    status: "denied",
    input: JSON.stringify({ file_path: "/w/app/src/a.ts", content: LONG_OUTPUT }),
    filePath: "/w/app/src/a.ts",
    error: "The user doesn't want to proceed",
  });
  await told.event(5, { id: "e1", kind: "reply", toolCallId: "t3", text: "Not this one" });
  await told.message(6, { id: "u2", role: "user", textContent: "Take back", removedAt: T + 9 });
  await told.message(7, { id: "a2", role: "assistant" });
  await told.call(8, {
    id: "t4",
    messageId: "a2",
    name: "Bash",
    kind: "shell",
    status: "running",
    input: '{"command":"sleep 9"}',
  });
}

test("show folds each tool call to a line at its place, and tells what only a long input tells", async () => {
  await using home = new TestHome();
  await withDaemon(home, fillCalls);
  expect(await shownLines(home, "s1")).toEqual([
    `── user · ${AT}`,
    "  Go",
    "",
    `── assistant · ${AT}`,
    "  I begin.",
    "  • shell Bash  cat <<E … · 1.5 s",
    "  ✗ shell Bash  make · failed: Exit code 3 · 454 ms",
    "  ⊘ Write  src/a.ts · denied",
    "",
    `·· reply · ${AT} · Not this one`,
    "",
    `── user · ${AT} · removed`,
    "  Take back",
    "",
    `── assistant · ${AT}`,
    "  … shell Bash  sleep 9 · still running",
    "",
  ]);
  const { stdout } = await home.run(["show", "s1"]);
  expect(stdout).toMatch(/^Tool calls +4: 3 shell, 1 write; 1 failed; 1 denied; 1 still running$/m);
  expect((await home.run(["sessions"])).stdout).toMatch(/claude-code +4 +4 +-/);
  expect(await home.json(["sessions"])).toMatchObject([{ id: "s1", toolCallCount: 4 }]);
});

test("show --tools and --reasoning tell the texts whole, and how much of one was cut", async () => {
  await using home = new TestHome();
  await withDaemon(home, fillCalls);
  const lines = await shownLines(home, "s1", "--tools", "--reasoning");
  const begin = lines.indexOf("  ┆ thinking");
  expect(lines[begin + 1]).toBe(`  ┆ First ${"think ".repeat(200)}end`);
  const output = lines.findIndex((line) => line.startsWith("    output (cut:"));
  // 6 bytes of "first\n", 2,000 lines of 5, 4 of "last".
  expect(lines[output]).toBe("    output (cut: 10,010 of 5,000,000 bytes):");
  expect(lines.slice(output + 1, output + 2_003)).toEqual(
    LONG_OUTPUT.split("\n").map((line) => `      ${line}`),
  );
  const input = lines.indexOf("    input:");
  expect(lines.slice(input, input + 4)).toEqual([
    "    input:",
    "      command:",
    "        cat <<E",
    "        x",
  ]);
  expect(lines).toContain("      bad");
});

test("show --json holds all rows with their texts", async () => {
  await using home = new TestHome();
  await withDaemon(home, fillCalls);
  const { session, messages, toolCalls, events, children } = await home.json(["show", "s1"]);
  expect(session).toMatchObject({ id: "s1", messageCount: 4, toolCallCount: 4 });
  const byId = (rows: { id: string }[]) => Object.fromEntries(rows.map((row) => [row.id, row]));
  expect(byId(messages)).toMatchObject({
    a1: { reasoningText: `First ${"think ".repeat(200)}end` },
    u2: { removedAt: T + 9 },
  });
  expect(byId(toolCalls)).toMatchObject({
    t1: {
      input: JSON.stringify({ command: LONG_COMMAND }),
      output: LONG_OUTPUT,
      outputBytes: 5_000_000,
    },
    t2: { status: "error", error: "Exit code 3" },
  });
  expect(events).toMatchObject([{ id: "e1", kind: "reply", text: "Not this one" }]);
  expect(children).toEqual([]);
});

test("sub-agents within a session are shown in their place, two levels deep", async () => {
  await using home = new TestHome();
  await withDaemon(home, async (rpc) => {
    await rpc.upsertSession({ id: "s", source: "claude-code", updatedAt: T });
    const told = new Told(rpc, "s");
    const task = { name: "Agent", kind: "task", status: "success" };
    await told.message(0, { id: "m1", role: "assistant", textContent: "Delegating." });
    await told.call(1, { id: "t1", messageId: "m1", ...task, childAgentId: "A" });
    const inner = { agentId: "A", agent: "scout", isSidechain: true };
    await told.message(2, { id: "a1", role: "assistant", textContent: "Further.", ...inner });
    await told.call(3, { id: "t2", messageId: "a1", agentId: "A", ...task, childAgentId: "B" });
    const deep = { agentId: "B", agent: "digger", isSidechain: true };
    await told.message(4, { id: "b1", role: "assistant", textContent: "Deep.", ...deep });
    await told.event(5, { id: "e", kind: "retry", text: "Overloaded", data: '{"agentId":"B"}' });
    await told.message(6, { id: "m2", role: "assistant", textContent: "Done." });
  });
  expect(await shownLines(home, "s")).toEqual([
    `── assistant · ${AT}`,
    "  Delegating.",
    "  • task Agent",
    "    ┌ sub-agent scout · A · 1 message",
    `    │ ── assistant · ${AT}`,
    "    │   Further.",
    "    │   • task Agent",
    "    │     ┌ sub-agent digger · B · 1 message",
    `    │     │ ── assistant · ${AT}`,
    "    │     │   Deep.",
    "    │     │",
    `    │     │ ·· retry · ${AT} · Overloaded`,
    "    │     └",
    "    └",
    "",
    `── assistant · ${AT}`,
    "  Done.",
    "",
  ]);
});

test("sub-agents with sessions of their own are read by their ids, to any depth, each once", async () => {
  await using home = new TestHome();
  const chain = ["p", "c", "g"];
  await withDaemon(home, async (rpc) => {
    for (const [n, id] of chain.entries()) {
      await rpc.upsertSession({
        id,
        source: "opencode",
        title: `Title of ${id}`,
        projectPath: `/w/${id}`,
        parentId: chain[n - 1] ?? null,
        updatedAt: T,
      });
      const told = new Told(rpc, id);
      await told.message(n, { id: `msg_${id}`, role: "assistant", agent: `agent ${id}` });
      await told.call(n, {
        id: `msg_${id}/edit`,
        messageId: `msg_${id}`,
        position: 0,
        name: "edit",
        kind: "edit",
        status: "success",
        filePath: `/w/${id}/a.ts`,
      });
      // The last one names the first again.
      await told.call(n, {
        id: `msg_${id}/task`,
        messageId: `msg_${id}`,
        position: 1,
        name: "task",
        kind: "task",
        status: "success",
        childSessionId: chain[(n + 1) % chain.length],
      });
    }
  });
  expect(await shownLines(home, "p")).toEqual([
    `── assistant · ${AT}`,
    "  • edit  a.ts",
    "  • task",
    "    ┌ sub-agent agent c · c · Title of c · 1 message",
    `    │ ── assistant · ${AT}`,
    "    │   • edit  a.ts",
    "    │   • task",
    "    │     ┌ sub-agent agent g · g · Title of g · 1 message",
    `    │     │ ── assistant · ${AT}`,
    "    │     │   • edit  a.ts",
    "    │     │   • task",
    "    │     │     ↳ sub-agent p",
    "    │     └",
    "    └",
    "",
  ]);
  expect(await home.json(["show", "p"])).toMatchObject({
    session: { id: "p" },
    children: [{ session: { id: "c" }, children: [{ session: { id: "g" }, children: [] }] }],
  });
});
