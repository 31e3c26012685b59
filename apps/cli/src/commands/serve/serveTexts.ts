import type { Health } from "@duolog/contract/server";
import type { Totals } from "@duolog/daemon/storage";
import { count } from "../../output/text.ts";
import type { Place } from "../../place.ts";
import { backlog, backlogHint } from "../backlog.ts";
import { historyHint } from "../historyHint.ts";

/** What `serve` says when it runs: where the data is, what is in it, how to add the plugins. */
export async function greeting(
  place: Place,
  env: NodeJS.ProcessEnv,
  storage: { totals(): Promise<Totals> },
): Promise<string> {
  const totals = await storage.totals();
  return `duolog ${place.version} is running. Ctrl-C stops it.

${where(place, totals)}
${backlogHint(backlog(place.paths))}${await historyHint(place, env)}
${pluginLines(place)}`;
}

/** What `serve` says beside a running daemon. */
export async function alreadyRunning(
  place: Place,
  env: NodeJS.ProcessEnv,
  health: Health,
): Promise<string> {
  return `duolog ${health.version} is running already (process ${health.pid}).

${where(place, health)}
${await historyHint(place, env)}
${pluginLines(place)}`;
}

function where(place: Place, totals: Pick<Totals, "sessions" | "messages">): string {
  const { sessions, messages } = totals;
  const recorded =
    sessions || messages
      ? `${count(sessions, "session")}, ${count(messages, "message")}`
      : "nothing yet";
  return `Data      ${place.paths.database}
Recorded  ${recorded}`;
}

function pluginLines({ plugins }: Place): string {
  const claudeCode = shellWord(plugins.claudeCode);
  return `Add the plugins, once:
  OpenCode     in ~/.config/opencode/opencode.json:  "plugin": [${JSON.stringify(plugins.opencode)}]
  Claude Code  claude plugin marketplace add ${claudeCode}
               claude plugin install duolog@duolog
               or for one run:  claude --plugin-dir ${claudeCode}
`;
}

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
