import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, inject, test } from "vitest";
import type { FakeModel } from "./fake/httpServer.ts";
import { type Agent, bareOutput, plain, type Seat } from "./run/agents.ts";
import type { Ended } from "./run/program.ts";
import { createWorkspace, type Workspace } from "./run/workspace.ts";
import { expectImport } from "./truth/expectImport.ts";
import { expectRecord, spoken } from "./truth/expectRecord.ts";

/** One agent at work: a workspace, its fake model and the agent's seat there. */
export interface Stage extends AsyncDisposable {
  workspace: Workspace;
  model: FakeModel;
  seat: Seat;
  /** Runs the program to its end; it must say nothing of plugins and hooks. */
  ask(prompt: string, ...args: string[]): Promise<Ended>;
  /** The id of the only session that has no parent. */
  sessionId(): string;
  /** Waits until the command of `#endless` runs. */
  started(): Promise<void>;
  /** Waits until the record equals what the agent stored. */
  recorded(): Promise<void>;
  /** The same, and that an import of what the agent stored gives the same rows. */
  imported(): Promise<void>;
}

/** The installed programs; scenarios run only where there are some. */
export const programs = inject("programs");

/** Sets an agent up; `daemon` says whether one runs already, or none can be started. */
export async function stage(
  agent: Agent,
  daemon: "running" | "absent" = "running",
): Promise<Stage> {
  if (programs === null) throw new Error("no agents installed");
  const workspace = createWorkspace(inject("runRoot"));
  const model = await agent.startModel();
  const seat = agent.join(workspace, programs, model);
  if (daemon === "running") await workspace.duolog("start");
  return {
    workspace,
    model,
    seat,
    ask: async (prompt, ...args) => {
      const ended = await seat.ask(prompt, ...args).ended;
      expect(ended.stderr).not.toMatch(/duolog|hook|plugin/i);
      return ended;
    },
    sessionId: () => {
      const roots = seat.truth().sessions.filter((session) => session.parentId === null);
      expect(roots).toHaveLength(1);
      return roots[0]?.id ?? "";
    },
    started: async () => {
      while (!existsSync(join(workspace.project, "started"))) await sleep(50);
    },
    recorded: () => expectRecord(workspace.dataDir, seat.truth),
    imported: async () => {
      await expectRecord(workspace.dataDir, seat.truth);
      await expectImport(workspace.dataDir, seat.importArgs, agent.untold);
    },
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

/** What must hold for either agent. */
export function commonScenarios(agent: Agent): void {
  describe.skipIf(programs === null)(agent.name, () => {
    test("one turn, and not a word of duolog's on the terminal or to the model", async () => {
      await using on = await stage(agent);
      const ended = await on.ask("hello");
      expect(plain(ended)).toEqual(bareOutput(agent, "Answer to: hello"));
      expect(JSON.stringify(on.model.requests)).not.toMatch(/duolog/i);
      expect(spoken(on.seat.truth())).toEqual(["user: hello", "assistant: Answer to: hello"]);
      await on.recorded();
    });

    test("three turns: started, continued, resumed by id", async () => {
      await using on = await stage(agent);
      await on.ask("first");
      await on.ask("#think", ...on.seat.resume());
      await on.recorded();
      await on.ask("third", ...on.seat.resume(on.sessionId()));
      expect(spoken(on.seat.truth())).toEqual([
        "user: first",
        "assistant: Answer to: first",
        "user: #think",
        "assistant: Thought about: #think",
        "user: third",
        "assistant: Answer to: third",
      ]);
      await on.recorded();
    });

    test("tool calls, two of them parallel", async () => {
      await using on = await stage(agent);
      expect(await on.ask("#parallel")).toMatchObject({ code: 0 });
      expect(spoken(on.seat.truth())).toEqual([
        "user: #parallel",
        "assistant: Running two tools at once.",
        "assistant: -",
        "assistant: All three commands ran. Final.",
      ]);
      await on.recorded();
    });

    test("a sub-agent", async () => {
      await using on = await stage(agent);
      expect(await on.ask("#task")).toMatchObject({ code: 0 });
      expect(spoken(on.seat.truth())).toEqual(
        expect.arrayContaining([
          "user: #task",
          "assistant: I will delegate.",
          "user: #bash do the sub work",
          "assistant: I will run a command.",
          "assistant: The command ran; final answer.",
          "assistant: The sub-agent was started or is done; final answer.",
        ]),
      );
      await on.recorded();
    });

    test("a model that refuses", async () => {
      await using on = await stage(agent);
      expect(await on.ask("#err400")).toMatchObject({ code: 1 });
      const { messages } = on.seat.truth();
      expect(messages.filter(({ error }) => error?.includes("fake error 400"))).toHaveLength(1);
      await on.recorded();
    });

    test("a model that fails twice, then answers", async () => {
      await using on = await stage(agent);
      expect(plain(await on.ask("#err500=2"))).toEqual(bareOutput(agent, "Answer to: #err500=2"));
      expect(on.model.requests.length).toBeGreaterThan(2);
      expect(spoken(on.seat.truth())).toEqual([
        "user: #err500=2",
        "assistant: Answer to: #err500=2",
      ]);
      await on.recorded();
    });

    test("SIGKILL in the middle of an answer, then resumed", async () => {
      await using on = await stage(agent);
      const run = on.seat.ask("#slow");
      await on.model.midAnswer("#slow");
      run.kill("SIGKILL");
      expect(await run.ended).toMatchObject({ signal: "SIGKILL", stdout: "" });
      // Neither agent keeps a text that is cut off like this.
      expect(spoken(on.seat.truth()).filter((line) => line !== "assistant: -")).toEqual([
        "user: #slow",
      ]);
      await on.recorded();
      await on.ask("again", ...on.seat.resume(on.sessionId()));
      expect(spoken(on.seat.truth()).slice(-2)).toEqual([
        "user: again",
        "assistant: Answer to: again",
      ]);
      await on.recorded();
    });

    test("Ctrl-C in the middle of an answer", async () => {
      await using on = await stage(agent);
      const run = on.seat.ask("#slow");
      await on.model.midAnswer("#slow");
      run.kill("SIGINT");
      expect(plain(await run.ended)).toEqual(agent.interrupted);
      expect(spoken(on.seat.truth())).toHaveLength(2);
      await on.recorded();
    });

    test("no daemon, and nothing to start one with: all arrives when it is started", async () => {
      await using on = await stage(agent, "absent");
      const ended = await on.ask("hello");
      expect(plain(ended)).toEqual(bareOutput(agent, "Answer to: hello"));
      await on.workspace.duolog("start");
      expect(on.seat.truth().messages).toHaveLength(2);
      await on.recorded();
    });

    test("no daemon at first: the plugin starts it", async () => {
      await using on = await stage(agent);
      await on.workspace.duolog("stop");
      const ended = await on.ask("hello");
      expect(plain(ended)).toEqual(bareOutput(agent, "Answer to: hello"));
      expect(on.seat.truth().messages).toHaveLength(2);
      await on.recorded();
    });

    test("a fork: its copies are rows of the fork", async () => {
      await using on = await stage(agent);
      await on.ask("first");
      await on.ask("second", ...on.seat.fork(on.sessionId()));
      const { sessions, messages } = on.seat.truth();
      expect([sessions.length, messages.length]).toEqual([2, 6]);
      await on.recorded();
    });
  });
}
