import { Source } from "@duolog/contract";
import { NAMES } from "../../import/report.ts";
import { count, oneLine, when } from "../../output/text.ts";
import type { Place } from "../../place.ts";
import type { AgentSeen } from "./agents.ts";

/** So many types are named. */
const MOST_NAMED = 5;

/** What a person should know of the agents, a row each: what was seen is newer than what was tested, or nothing comes. */
export function agentRows(agents: readonly AgentSeen[], plugins: Place["plugins"]): string[][] {
  return agents.flatMap((agent) => [...versionRow(agent), ...missedRow(agent, plugins)]);
}

function versionRow({ source, version, testedVersion, isUntested, unknownTypes }: AgentSeen) {
  const known = unknownTypes.length === 0 ? "" : unknownText(source, unknownTypes);
  if (!isUntested) return known === "" ? [] : [[NAMES[source], known]];
  const seen = `${oneLine(version, 40)} was seen (tested up to ${testedVersion})`;
  return [[NAMES[source], known === "" ? seen : `${seen}: ${known}`]];
}

function unknownText(source: Source, types: string[]): string {
  const what = source === Source.opencode ? opencodesWord(types) : "lines";
  const named = types.slice(0, MOST_NAMED).join(", ");
  const more = types.length > MOST_NAMED ? ", …" : "";
  const kinds = types.length === 1 ? "1 kind" : `${types.length} kinds`;
  return `${kinds} of ${what} ${types.length === 1 ? "is" : "are"} not known (${named}${more})`;
}

/** What is kept has its type behind the name of what has one: `part/…`. */
function opencodesWord(types: string[]): string {
  const entries = types.filter((type) => type.includes("/")).length;
  if (entries === 0) return "events";
  return entries === types.length ? "entries" : "events and entries";
}

function missedRow({ source, missed }: AgentSeen, plugins: Place["plugins"]): string[][] {
  if (missed === null) return [];
  const said = `has written since ${when(missed.since)}, and nothing came from its plugin (${count(missed.sessions, "session")}). ${mend(source, plugins)}; what it holds is read from its store every few minutes, by \`duolog import\` at once`;
  return [[NAMES[source], said]];
}

function mend(source: Source, { opencode, claudeCode }: Place["plugins"]): string {
  return source === Source.opencode
    ? `Is there \`{ "plugin": [${JSON.stringify(opencode)}] }\` in opencode.json?`
    : `Is it there (\`claude plugin list\`), else \`claude --plugin-dir ${claudeCode}\`?`;
}
