import { sentByClaude, sentByOpencode, type Types } from "../canary/sent.ts";
import { startAnthropic } from "../fake/anthropic.ts";
import type { FakeModel } from "../fake/httpServer.ts";
import { MODEL, startOpenai } from "../fake/openai.ts";
import type { Programs } from "../install.ts";
import { readClaude } from "../truth/claude/read.ts";
import type { Untold } from "../truth/expectImport.ts";
import { withLargest } from "../truth/opencode/largest.ts";
import { readOpencode } from "../truth/opencode/read.ts";
import type { Rows } from "../truth/rows.ts";
import { claudeIn } from "./claude.ts";
import { opencodeIn, WITH_PROBE } from "./opencode.ts";
import type { Ended, Running } from "./program.ts";
import type { Workspace } from "./workspace.ts";

/** What the scenarios need to know of an agent. */
export interface Agent {
  name: string;
  startModel(): Promise<FakeModel>;
  /** What a run prints, apart from colours, that is stopped by Ctrl-C in mid-answer. */
  interrupted: Ended;
  /** What `duolog import` can't know of its sessions. */
  untold: Untold;
  /** Sets the agent up in a workspace, with duolog's plugin. */
  join(workspace: Workspace, programs: Programs, model: FakeModel): Seat;
}

/** An agent in a workspace. */
export interface Seat {
  /** Starts one run of the program. */
  ask(prompt: string, ...args: string[]): Running;
  /** What the agent itself has stored so far. */
  truth(): Rows;
  /** The types of what it has sent and stored so far. */
  types(): Types;
  /** The arguments that continue a session; without an id, the latest. */
  resume(id?: string): string[];
  /** The arguments that continue a copy of a session. */
  fork(id: string): string[];
  /** What `duolog import` is to read of it. */
  importArgs: string[];
}

export const claude: Agent = {
  name: "Claude Code",
  startModel: startAnthropic,
  interrupted: { code: 0, signal: null, stdout: "Execution error", stderr: "" },
  untold: { columns: ["status", "updated_at", "ended_at"], kinds: [] },
  join(workspace, programs, model) {
    const { run, configDir } = claudeIn(workspace, programs.claude, model);
    return {
      ask: run,
      truth: () => readClaude(configDir),
      types: () => sentByClaude(configDir),
      resume: (id) => (id === undefined ? ["--continue"] : ["--resume", id]),
      fork: (id) => ["--resume", id, "--fork-session"],
      importArgs: ["--claude-code", configDir],
    };
  },
};

/** What OpenCode says first, on stderr. */
const BANNER = `\n> build · ${MODEL}\n\n`;

export const opencode: Agent = {
  name: "OpenCode",
  startModel: startOpenai,
  interrupted: { code: null, signal: "SIGINT", stdout: "", stderr: BANNER },
  untold: {
    columns: ["status", "updated_at", "error"],
    kinds: ["error", "retry", "permission"],
  },
  join(workspace, programs, model) {
    const { opencode: program } = programs;
    const { run, database, eventTypes } = opencodeIn(workspace, program, model, WITH_PROBE);
    return {
      ask: run,
      truth: withLargest(() => readOpencode(database)),
      types: () => sentByOpencode(database, eventTypes),
      resume: (id) => (id === undefined ? ["--continue"] : ["--session", id]),
      fork: (id) => ["--session", id, "--fork"],
      importArgs: ["--opencode", database],
    };
  },
};

/** What a run with one spoken answer prints, apart from colours, when no plugin is there. */
export function bareOutput(agent: Agent, answer: string): Ended {
  const stderr = agent === opencode ? BANNER : "";
  return { code: 0, signal: null, stdout: `${answer}\n`, stderr };
}

/** The same without ANSI colours. */
export function plain(ended: Ended): Ended {
  const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
  return { ...ended, stderr: ended.stderr.replaceAll(colour, "") };
}
