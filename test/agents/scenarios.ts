import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { expectListed } from "./canary/expectListed.ts";
import type { FakeModel } from "./fake/httpServer.ts";
import { ENDLESS } from "./fake/script.ts";
import { type Agent, bareOutput, plain, type Seat } from "./run/agents.ts";
import type { Ended } from "./run/program.ts";
import { until } from "./run/until.ts";
import { createWorkspace, processesIn, signal, type Workspace } from "./run/workspace.ts";
import { expectComplete } from "./truth/expectComplete.ts";
import { expectImport } from "./truth/expectImport.ts";
import { expectRecord } from "./truth/expectRecord.ts";
import { called, spoken, within } from "./truth/told.ts";

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
  /** Ends that command, which outlives an agent that was killed. */
  ended(): Promise<void>;
  /** Waits until the record equals what the agent stored, and that `verify` and the canary say so too. */
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
  const recorded = async () => {
    await expectRecord(workspace.dataDir, seat.truth);
    expectComplete(workspace.dataDir, seat.importArgs);
    expectListed(agent.name, seat.types());
  };
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
      const mark = join(workspace.project, "started");
      await until("a command that runs", () => (existsSync(mark) ? mark : null));
    },
    ended: async () => {
      // Each time anew: a shell that is told to end may just have started the command.
      await until("the command's end", () => {
        const endless = processesIn(workspace.root).filter(({ command }) =>
          command.includes("tail -f"),
        );
        for (const { pid } of endless) signal(pid, "SIGTERM");
        return endless.length === 0 ? true : null;
      });
    },
    recorded,
    imported: async () => {
      await recorded();
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
    test("one turn, its plugin starts the daemon, and not a word of duolog's on the terminal or to the model", async () => {
      await using on = await stage(agent);
      await on.workspace.duolog("stop");
      const ended = await on.ask("hello");
      expect(plain(ended)).toEqual(bareOutput(agent, "Answer to: hello"));
      expect(JSON.stringify(on.model.requests)).not.toMatch(/duolog/i);
      expect(spoken(on.seat.truth())).toEqual(["user: hello", "assistant: Answer to: hello"]);
      await on.recorded();
    });

    test("a session is started, continued, resumed by id while the model fails twice, and forked", async () => {
      await using on = await stage(agent);
      await on.ask("first");
      await on.ask("#think", ...on.seat.resume());
      await on.recorded();
      const id = on.sessionId();
      await on.ask("#err500=2", ...on.seat.resume(id));
      const asked = on.model.requests.filter((body) => JSON.stringify(body).includes("#err500=2"));
      expect(asked.length).toBeGreaterThan(2);
      const turns = [
        "user: first",
        "assistant: Answer to: first",
        "user: #think",
        "assistant: Thought about: #think",
        "user: #err500=2",
        "assistant: Answer to: #err500=2",
      ];
      expect(spoken(on.seat.truth())).toEqual(turns);
      await on.ask("#bash", ...on.seat.fork(id));
      const { sessions } = on.seat.truth();
      const fork = sessions.find((session) => session.id !== id)?.id ?? "";
      expect(sessions).toHaveLength(2);
      expect(spoken(within(on.seat.truth(), id))).toEqual(turns);
      expect(spoken(within(on.seat.truth(), fork))).toEqual([
        ...turns,
        "user: #bash",
        "assistant: I will run a command.",
        "assistant: The command ran; final answer.",
      ]);
      await on.imported();
    });

    test("SIGKILL in the middle of an answer and of a tool, each then resumed", async () => {
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
      const again = on.seat.ask("#endless", ...on.seat.resume(on.sessionId()));
      await on.started();
      // An agent runs a command before it has written down that it does.
      await until("the call in the agent's store", () => called(on.seat.truth())[0] ?? null);
      again.kill("SIGKILL");
      await on.ended();
      expect(called(on.seat.truth())).toEqual([`shell running: ${ENDLESS}`]);
      await on.recorded();
      await on.ask("again", ...on.seat.resume(on.sessionId()));
      expect(called(on.seat.truth())).toEqual([`shell interrupted: ${ENDLESS}`]);
      expect(spoken(on.seat.truth()).slice(-2)).toEqual([
        "user: again",
        "assistant: Answer to: again",
      ]);
      await on.imported();
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

    test("a model that refuses; no daemon, and nothing to start one with: all arrives when it is started", async () => {
      await using on = await stage(agent, "absent");
      expect(await on.ask("#err400")).toMatchObject({ code: 1 });
      await on.workspace.duolog("start");
      const { messages } = on.seat.truth();
      expect(messages.filter(({ error }) => error?.includes("fake error 400"))).toHaveLength(1);
      await on.recorded();
    });
  });
}
