import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import { constants as system } from "node:os";
import { delimiter, join } from "node:path";
import { Source } from "@duolog/contract";
import type { FindSession, SessionSummary } from "@duolog/contract/server";
import { readThroughDaemon } from "../../daemon/read.ts";
import { Failure } from "../../failure.ts";
import { type Output, show } from "../../output/output.ts";
import { printable } from "../../output/text.ts";
import type { Place } from "../../place.ts";
import { findSession } from "../reading/findSession.ts";
import { type ResumeCommand, resumeCommand, shellLine } from "./command.ts";
import { isKept } from "./isKept.ts";

/** Tells the agent's own command that goes on with a session. Throws Failure where it can't. */
export async function resume(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: FindSession,
  output: Output,
): Promise<void> {
  const { session, command } = await find(place, env, query);
  const told = { id: session.id, source: session.source, ...command, line: shellLine(command) };
  show(output, told, ({ line }) => `${printable(line)}\n`);
}

/** Runs that command in this terminal; its exit code. Throws Failure as above, and where it can't be started. */
export async function runResumed(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: FindSession,
): Promise<number> {
  const { command } = await find(place, env, query);
  const [program, ...args] = command.argv;
  const child = spawn(program, args, { cwd: command.directory, env, stdio: "inherit" });
  // What the terminal sends is the agent's, which ends when it will.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    const [code, signal] = await once(child, "close");
    return code ?? 128 + system.signals[signal as NodeJS.Signals];
  } catch (cause) {
    throw new Failure(`can't start ${program}: ${(cause as Error).message}`, { cause });
  } finally {
    process.off("SIGINT", ignore);
  }
}

const AGENTS = { [Source.opencode]: "OpenCode", [Source.claude_code]: "Claude Code" };

async function find(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: FindSession,
): Promise<{ session: SessionSummary; command: ResumeCommand }> {
  const session = await readThroughDaemon(place, env, (reader) => findSession(reader, query));
  const command = resumeCommand(session, (program) => isInPath(program, env));
  const id = printable(session.id);
  if (typeof command === "string") throw new Failure(`session ${id} ${command}`);
  if (!(await isKept(place, env, session))) {
    const agent = AGENTS[session.source ?? Source.claude_code];
    const instead = `\`duolog show ${id}\` shows it`;
    throw new Failure(`${agent} has session ${id} no more, so it can't go on; ${instead}`);
  }
  const { directory } = command;
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`session ${id} was in ${printable(directory)}, which is not there any more`);
  }
  return { session, command };
}

function isInPath(program: string, { PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
