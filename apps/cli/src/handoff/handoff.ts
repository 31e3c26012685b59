import { Source } from "@duolog/contract";
import type { FindSession } from "@duolog/contract/server";
import { findSession } from "../commands/reading/findSession.ts";
import { readAlone } from "../commands/reading/show/readShown.ts";
import { shellWord } from "../commands/resume/command.ts";
import { readThroughDaemon } from "../daemon/read.ts";
import { Failure } from "../failure.ts";
import { type Output, show } from "../output/output.ts";
import { count, oneLine, printable } from "../output/text.ts";
import type { Shown } from "../output/transcript/shown.ts";
import type { Place } from "../place.ts";
import { maskShown } from "../secrets/maskShown.ts";
import { Scanner } from "../secrets/Scanner.ts";
import { briefOf, tokensOf } from "./brief.ts";

/** What one text of the session may take to be scanned, and all of them, ms. */
const LIMITS = { textMs: 5_000, deadlineMs: 120_000 };

/** Who goes on, with how long a brief. */
export interface HandoffOptions {
  to: Source;
  tokens: number;
  raw: boolean;
}

/** What the command works with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  output: Output;
  /** Says something that is none of the output. */
  tell: (text: string) => void;
}

/**
 * Writes the brief of a session for another agent, without its secrets; that session's id. Throws Failure
 * where there is none.
 */
export async function handoff(
  { place, env, output, tell }: Around,
  query: FindSession,
  { to, tokens, raw }: HandoffOptions,
): Promise<string> {
  if (raw) tell("--raw: nothing is masked, the brief may hold secrets that were said");
  const shown = await readThroughDaemon(place, env, async (reader) => {
    const { id } = await findSession(reader, query);
    return readAlone(reader, id, { tools: true, reasoning: false });
  });
  if (!shown) throw new Failure(`there is no session ${oneLine(query.ref, 80)} any more`);
  const { id, source } = shown.session;
  const brief = briefOf(raw ? shown : await masked(shown, tell), tokens);
  show(output, { brief, tokens: tokensOf(brief), from: { id, source }, to }, () => brief);
  return id;
}

/** Before anything is cut: a piece of a secret is none that could be found. */
async function masked(shown: Shown, tell: Around["tell"]): Promise<Shown> {
  const scanner = new Scanner();
  try {
    const { shown: clean, leftOut } = await maskShown(scanner, shown, LIMITS);
    if (leftOut > 0) tell(`${count(leftOut, "text")} left out: not scanned for secrets in time`);
    return clean;
  } finally {
    await scanner.close();
  }
}

/** How a person starts each agent with the brief, which is written as `$(…)` says. */
const STARTS = { [Source.claude_code]: "claude", [Source.opencode]: "opencode --prompt" };

/** The line of a shell that starts the other agent with the brief of a session. */
export function startLine(id: string, to: Source): string {
  return printable(`${STARTS[to]} "$(duolog handoff ${shellWord(id)} --to ${to})"`);
}
