import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { configDirs } from "@duolog/claude-code-plugin/translate";
import { homeOf } from "@duolog/client/local";
import type { Found } from "@duolog/contract";
import { readDatabase } from "@duolog/daemon/import";
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
}

/** Takes over what another record or an agent's own files hold; twice does no harm. */
export async function importRecords(
  place: Place,
  env: NodeJS.ProcessEnv,
  options: ImportOptions,
  output: Output,
): Promise<void> {
  const { from, found } = open(place, env, options);
  try {
    const imported: Imported = { from, ...(await ingestAll(place, env, found)) };
    show(output, imported, importedText);
  } catch (error) {
    throw asFailure(error);
  }
}

function open(place: Place, env: NodeJS.ProcessEnv, options: ImportOptions) {
  const { database, claudeCode, opencode } = options;
  const scratch = place.paths.root;
  if (database !== undefined) {
    const file = resolve(database);
    return from(file, readDatabase({ file, scratch, migrations: place.migrations }));
  }
  if (claudeCode !== undefined) {
    return readClaude(claudeCode === true ? configDirs(place.paths, env) : [resolve(claudeCode)]);
  }
  const file = opencode === undefined || opencode === true ? opencodeFile(env) : resolve(opencode);
  return from(file, readOpencode({ file, scratch, now: Date.now() }));
}

function from(file: string, found: AsyncIterable<Found> | Iterable<Found>) {
  return { from: file, found };
}

/** Throws Failure where none of the directories is Claude Code's. */
function readClaude(dirs: readonly string[]) {
  const own = dirs.filter((dir) => HOLDS.some((name) => existsSync(join(dir, name))));
  if (own.length > 0) return from(placesOf(own).join(", "), readTranscripts(own));
  const projects = dirs.map((dir) => join(dir, "projects"));
  throw new Failure(
    `no transcripts of Claude Code's in ${dirs.join(", ")}: there is no ${projects.join(" and no ")}`,
  );
}

/** What shows a directory to be Claude Code's. */
const HOLDS = ["projects", "history.jsonl"];

function placesOf(dirs: readonly string[]): string[] {
  const prompts = dirs.map((dir) => join(dir, "history.jsonl"));
  return [...dirs, ...prompts.filter((path) => existsSync(path))];
}

/** Where OpenCode keeps its database: OPENCODE_DB may name another file in its directory. */
function opencodeFile(env: NodeJS.ProcessEnv): string {
  const data = env.XDG_DATA_HOME || join(homeOf(env), ".local", "share");
  return resolve(data, "opencode", env.OPENCODE_DB || "opencode.db");
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
  return `${lines.join("\n")}\n`;
}

function readText({ sessions, messages, toolCalls, events }: Imported): string {
  const rows = [count(sessions, "session"), count(messages, "message")];
  return `${[...rows, count(toolCalls, "tool call")].join(", ")} and ${count(events, "event")}`;
}
