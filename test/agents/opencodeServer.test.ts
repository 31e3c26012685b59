import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { queryRows } from "../harness/rows.ts";
import { ENDLESS } from "./fake/script.ts";
import { opencode } from "./run/agents.ts";
import { opencodeIn } from "./run/opencode.ts";
import { programs, type Stage, stage } from "./scenarios.ts";
import { spoken } from "./truth/expectRecord.ts";
import { called, eventsOf } from "./truth/told.ts";

function serve(on: Stage) {
  return opencodeIn(on.workspace, programs?.opencode ?? "", on.model).serve();
}

describe.skipIf(programs === null)("OpenCode as a server", () => {
  test("tools that fail, are refused and interrupted; queued prompts, a rename, a retry", async () => {
    await using on = await stage(opencode);
    await using server = await serve(on);
    const id = await server.create();
    const mixed = server.ask(id, "#mixed");
    await server.reply({ reply: "once" });
    await mixed;
    const refused = server.ask(id, "#refused");
    await server.reply({ reply: "reject", message: "Not on my machine." });
    await refused;
    const flatly = server.ask(id, "#refused again");
    await server.reply({ reply: "reject" });
    await flatly;
    const endless = server.ask(id, "#endless");
    await on.started();
    await server.post(id, "abort");
    await endless;
    await server.patch(id, { title: "My name" });
    await server.ask(id, "#err500=1");
    await server.queue(id, "#parallel");
    await server.queue(id, "queued");
    await server.idle();
    await server.ask(id, "#err400");
    await server.patch(id, { time: { archived: Date.now() } });
    expect(called(on.seat.truth())).toEqual([
      "shell success: echo half; exit 3",
      "read error: missing.txt",
      "write success: made.txt",
      "shell success: echo fine",
      "write denied: refused.txt",
      "write denied: refused.txt",
      `shell interrupted: ${ENDLESS}`,
      "shell success: echo A",
      "shell success: echo B",
    ]);
    expect(spoken(on.seat.truth())).toContain("user: queued");
    await on.imported();
    const told = eventsOf(on.workspace.dataDir);
    expect(told.map(({ kind }) => kind)).toEqual([
      ...Array(6).fill("permission"),
      "interrupt",
      "rename",
      "retry",
      "error",
      "archive",
    ]);
    const decisions = told.map(({ data }) => JSON.parse(data ?? "{}").decision);
    expect(decisions.filter(Boolean)).toEqual(["once", "reject", "reject"]);
  });

  test("sub-agents: waited for, in the background and nested", async () => {
    await using on = await stage(opencode);
    await using server = await serve(on);
    const id = await server.create();
    await server.ask(id, "#task");
    await server.ask(id, "#nest");
    await server.ask(id, "#background");
    const { toolCalls, sessions } = on.seat.truth();
    expect(called(on.seat.truth())).toEqual([
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #wait below the first",
      // OpenCode's own limit: a sub-agent may start none.
      "task error: #bash do the sub work",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
    ]);
    const children = toolCalls.flatMap(({ childSessionId }) => childSessionId ?? []);
    const parented = sessions.filter(({ parentId }) => parentId === id);
    expect(children.toSorted()).toEqual(parented.map((session) => session.id).toSorted());
    await on.imported();
    expect(eventsOf(on.workspace.dataDir).map(({ kind }) => kind)).toEqual(["injected"]);
  });

  test("compaction by hand, by itself and because of an overflow, and a fork of all that", async () => {
    await using on = await stage(opencode);
    await using server = await serve(on);
    const id = await server.create();
    await server.ask(id, "#bash first");
    await server.compact(id);
    await server.ask(id, "#big");
    await server.ask(id, "after");
    await server.ask(id, "#overflow");
    const fork = await server.post(id, "fork");
    await server.ask(String(fork.id), "forked");
    expect(called(on.seat.truth())).toEqual(Array(2).fill("shell success: echo hello-from-bash"));
    await on.imported();
    const compactions = eventsOf(on.workspace.dataDir, "compaction");
    const triggers = compactions.map(({ data }) => data).toSorted();
    // Each once in the session and once in its fork.
    expect(triggers).toEqual([
      ...Array(2).fill('{"trigger":"auto","overflow":true}'),
      ...Array(2).fill('{"trigger":"auto"}'),
      ...Array(2).fill('{"trigger":"manual"}'),
    ]);
    for (const { text } of compactions) expect(text).toMatch(/^Title of Here is/);
    expect(eventsOf(on.workspace.dataDir, "error")).toMatchObject([
      { text: expect.stringMatching(/^ContextOverflowError/) },
    ]);
  });

  test("revert, undone and committed; delete", async () => {
    await using on = await stage(opencode);
    await using server = await serve(on);
    const id = await server.create();
    await server.ask(id, "first");
    await server.ask(id, "#bash second");
    const second = on.seat.truth().messages.find(({ text }) => text === "#bash second")?.id ?? "";
    await server.post(id, "revert", { messageID: second });
    await server.post(id, "unrevert");
    await server.post(id, "revert", { messageID: second });
    await server.ask(id, "third");
    expect(spoken(on.seat.truth())).toEqual([
      "user: first",
      "assistant: Answer to: first",
      "user: third",
      "assistant: Answer to: third",
    ]);
    await vi.waitFor(() => expect(removedOf(on)).toEqual(["#bash second", ...SECOND_TURN]), 10_000);
    const reverts = eventsOf(on.workspace.dataDir, "revert").map(({ data }) => data);
    expect(reverts).toEqual([
      JSON.stringify({ to: second }),
      JSON.stringify({ to: second, undone: true }),
      JSON.stringify({ to: second }),
      JSON.stringify({ boundary: second }),
    ]);
    await server.remove(id);
    await vi.waitFor(() => expect(statusOf(on)).toEqual("deleted"), 10_000);
    // What OpenCode has no more stays in the record.
    expect(on.seat.truth().messages).toEqual([]);
    expect(removedOf(on)).toHaveLength(3);
  });
});

const SECOND_TURN = ["I will run a command.", "The command ran; final answer."];

const query = <Row>(on: Stage, sql: string) =>
  queryRows<Row>(join(on.workspace.dataDir, "duolog.db"), sql);

/** The texts of the messages that were taken away, oldest first. */
function removedOf(on: Stage): (string | null)[] {
  const sql = "SELECT text_content FROM messages WHERE removed_at > 0 ORDER BY created_at";
  return query<{ text_content: string | null }>(on, sql).map((row) => row.text_content);
}

function statusOf(on: Stage): string | undefined {
  return query<{ status: string }>(on, "SELECT status FROM sessions")[0]?.status;
}
