import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeOf } from "@duolog/client/local";
import type { Found, Left } from "@duolog/contract";
import { readDatabase } from "@duolog/daemon/import";
import { opencodePlaces } from "@duolog/opencode-plugin/store";
import { asFailure, Failure } from "../failure.ts";
import { type Output, show } from "../output/output.ts";
import { count } from "../output/text.ts";
import type { Place } from "../place.ts";
import { type Ingested, ingestAll } from "./ingestAll.ts";
import { readOpencode } from "./readOpencode.ts";
import { readTranscripts } from "./readTranscripts.ts";

/** One of them is given; true stands for the place where that agent keeps its files. */
export interface ImportOptions {
  database?: string;
  claudeCode?: string | true;
  opencode?: string | true;
}

/** What `import --json` tells. */
interface Imported extends Ingested {
  /** The file or directory that was read. */
  from: string;
  /** What was seen there and not read, where there is any. */
  left?: readonly Left[];
}

/** Takes over what another record or an agent's own files hold; twice does no harm. */
export async function importRecords(
  place: Place,
  env: NodeJS.ProcessEnv,
  options: ImportOptions,
  output: Output,
): Promise<void> {
  const left: Left[] = [];
  const { from, found } = open(place, env, options, left);
  try {
    const ingested = await ingestAll(place, env, found);
    const imported: Imported = { from, ...ingested, ...(left.length > 0 && { left }) };
    show(output, imported, importedText);
  } catch (error) {
    throw asFailure(error);
  }
}

function open(place: Place, env: NodeJS.ProcessEnv, options: ImportOptions, left: Left[]) {
  const { database, claudeCode, opencode } = options;
  const scratch = place.paths.root;
  if (database !== undefined) {
    const file = resolve(database);
    return from(file, readDatabase({ file, scratch, migrations: place.migrations }));
  }
  if (claudeCode !== undefined) {
    const dir = transcriptsIn(claudeCode === true ? claudeConfigDir(env) : resolve(claudeCode));
    return from(dir, readTranscripts(dir));
  }
  const named = opencode === undefined || opencode === true ? null : resolve(opencode);
  const places = named === null ? opencodePlaces(place.paths, env) : [named];
  if (places.length === 0)
    throw new Failure("no sessions of OpenCode's: there is no data directory");
  const leave = (more: readonly Left[]) => left.push(...more);
  return from(places.join(", "), readOpencode({ places, scratch, now: Date.now(), leave }));
}

function from(file: string, found: AsyncIterable<Found> | Iterable<Found>) {
  return { from: file, found };
}

/** Where Claude Code keeps its files. */
function claudeConfigDir(env: NodeJS.ProcessEnv): string {
  return resolve(env.CLAUDE_CONFIG_DIR || join(homeOf(env), ".claude"));
}

function transcriptsIn(dir: string): string {
  const projects = join(dir, "projects");
  if (existsSync(projects)) return dir;
  throw new Failure(`no transcripts of Claude Code's in ${dir}: there is no ${projects}`);
}

function importedText(imported: Imported): string {
  const { from, changed, refused, unreadable } = imported;
  const lines = [
    `${readText(imported)} read from ${from}`,
    `${count(changed, "record")} changed something; the rest was there already`,
  ];
  if (refused) lines.push(`${count(refused, "record")} refused`);
  if (unreadable) lines.push(`${count(unreadable, "broken or unknown thing")} passed over`);
  if (refused || unreadable) lines.push("Look into rejected/ in the data directory for them");
  return `${[...lines, ...leftTexts(imported.left ?? [])].join("\n")}\n`;
}

/** A line for each reason, with the first that has it. */
function leftTexts(left: readonly Left[]): string[] {
  return [...new Set(left.map(({ reason }) => reason))].map((reason) => {
    const [first, ...others] = left.filter((one) => one.reason === reason);
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return `Not read: ${first?.what}${more}: ${reason}`;
  });
}

function readText({ sessions, messages, toolCalls, events }: Imported): string {
  const rows = [count(sessions, "session"), count(messages, "message")];
  return `${[...rows, count(toolCalls, "tool call")].join(", ")} and ${count(events, "event")}`;
}
