import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ENDLESS } from "./fake/script.ts";
import { opencode } from "./run/agents.ts";
import { opencodeIn, WITH_PROBE } from "./run/opencode.ts";
import type { OpencodeServer } from "./run/opencodeServer.ts";
import { programs, type Stage, stage } from "./scenarios.ts";
import { expectComplete } from "./truth/expectComplete.ts";
import { expectRecord } from "./truth/expectRecord.ts";
import { called, happened, removedFrom, spoken, within } from "./truth/told.ts";

/** All sessions have one server; an import of them all comes before the one that is deleted. */
describe.skipIf(programs === null)("OpenCode as a server", () => {
  let on: Stage;
  let server: OpencodeServer;
  beforeAll(async () => {
    on = await stage(opencode);
    const program = programs?.opencode ?? "";
    server = await opencodeIn(on.workspace, program, on.model, WITH_PROBE).serve();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await on[Symbol.asyncDispose]();
  });
  const truth = (session: string) => within(on.seat.truth(), session);
  const events = (session: string) => happened(on.workspace.dataDir, session);

  test("tools that fail, are refused and interrupted; a rename, a retry, a queued prompt, an archive", async () => {
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
    expect(called(truth(id))).toEqual([
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
    await on.recorded();
    expect(events(id)).toEqual([
      "permission: edit",
      "permission: once",
      "permission: edit",
      "permission: reject",
      "permission: edit",
      "permission: reject",
      "interrupt: MessageAbortedError: Aborted",
      "rename: My name",
      "retry: fake error 500",
      "error: APIError: fake error 400",
      "archive: ",
    ]);
  });

  test("parallel tools; sub-agents: waited for, nested and in the background", async () => {
    const id = await server.create();
    await server.ask(id, "#parallel");
    await server.ask(id, "#wait");
    await server.ask(id, "#nest");
    await server.ask(id, "#background");
    await vi.waitFor(
      () => expect(spoken(truth(id)).at(-1)).toMatch(/^assistant: Answer to: <task id=/),
      { timeout: 60_000, interval: 100 },
    );
    await server.idle();
    expect(called(truth(id))).toEqual([
      "shell success: echo A",
      "shell success: echo B",
      "shell success: echo C",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #wait below the first",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
    ]);
    const children = truth(id).toolCalls.flatMap(({ childSessionId }) => childSessionId ?? []);
    expect(new Set([id, ...children])).toEqual(new Set(truth(id).sessions.map((row) => row.id)));
    await on.recorded();
    expect(events(id)).toEqual([expect.stringMatching(/^injected: <task id=/)]);
  });

  test("compaction by hand, by itself and for a prompt too long; a fork of all that", async () => {
    const id = await server.create();
    await server.ask(id, "#bash first");
    await server.compact(id);
    await server.ask(id, "#big");
    await server.ask(id, "after");
    await server.ask(id, "#overflow");
    const before = spoken(truth(id));
    const fork = String((await server.post(id, "fork")).id);
    await server.ask(fork, "forked");
    expect(spoken(truth(fork))).toEqual([
      ...before,
      "user: forked",
      "assistant: Answer to: forked",
    ]);
    expect(called(truth(fork))).toEqual(["shell success: echo hello-from-bash"]);
    await on.recorded();
    expect(events(id)).toEqual([
      "compaction: manual",
      "compaction: auto",
      expect.stringMatching(/^injected: Continue if you have next steps/),
      "error: ContextOverflowError: prompt is too long: 250000 tokens > 200000 maximum",
      "compaction: auto",
    ]);
  });

  test("a revert that is undone, and one that a prompt commits", async () => {
    const id = await server.create();
    await server.ask(id, "first");
    await server.ask(id, "#bash second");
    const second = truth(id).messages.find(({ text }) => text === "#bash second")?.id ?? "";
    await server.post(id, "revert", { messageID: second });
    await server.post(id, "unrevert");
    await server.post(id, "revert", { messageID: second });
    await server.ask(id, "third");
    expect(spoken(truth(id)).filter((line) => line.startsWith("user"))).toEqual([
      "user: first",
      "user: third",
    ]);
    await on.recorded();
    expect(removedFrom(on.workspace.dataDir)).toEqual([
      "#bash second",
      "I will run a command.",
      "The command ran; final answer.",
    ]);
    expect(events(id)).toEqual([
      "revert: to",
      "revert: to undone",
      "revert: to",
      "revert: boundary",
    ]);
  });

  test("an import of all that gives the same rows", async () => {
    await on.imported();
  });

  test("a deleted session stays in the record", async () => {
    const id = await server.create();
    await server.ask(id, "#bash");
    const before = on.seat.truth();
    await server.remove(id);
    expect(truth(id).sessions).toEqual([]);
    await expectRecord(on.workspace.dataDir, () => before);
    expect(events(id)).toEqual(["delete: "]);
    expectComplete(on.workspace.dataDir, on.seat.importArgs);
  });
});
