import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BESIDE } from "../../apps/claude-code-plugin/test/translate/beside.ts";
import { RECORDINGS } from "../../apps/claude-code-plugin/test/translate/recordings.ts";
import { FIXTURES } from "../../apps/claude-code-plugin/test/translate/rows.ts";
import { OPENCODE_CALLS } from "../recordings/opencodeCalls.ts";
import { type Captured, readRecording } from "../recordings/opencodeReplay.ts";
import { OPENCODE_ROWS } from "../recordings/opencodeRows.ts";

/** Rows as a person reads them from a recording, before any code of duolog's sees it. */
export interface Truth {
  sessions: Record<string, unknown>[];
  messages: Record<string, unknown>[];
  toolCalls: Record<string, unknown>[];
  events: Record<string, unknown>[];
}

const NOTHING_BESIDE = { toolCalls: [], events: [] };

const OPENCODE_NAMES = Object.keys(OPENCODE_ROWS);
const OPENCODE_ID = /\b(ses|msg|prt)_[0-9A-Za-z]{26}\b/g;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/** The n-th run of a producer: which recording it plays again, under ids of its own. */
export interface Run {
  producer: number;
  n: number;
}

/** The run's own tail for ids; 3 + 4 digits do for any soak. */
function tail({ producer, n }: Run): string {
  return producer.toString(36).padStart(3, "0") + n.toString(36).padStart(4, "0");
}

function renamed<T>(value: T, rename: (json: string) => string): T {
  return JSON.parse(rename(JSON.stringify(value))) as T;
}

/** The id keeps its time, which OpenCode's ids tell. */
const renameOpencode = (run: Run) => (json: string) =>
  json.replaceAll(OPENCODE_ID, (id) => id.slice(0, -7) + tail(run));

function opencodeName({ producer, n }: Run): string {
  return OPENCODE_NAMES[(producer * 7 + n) % OPENCODE_NAMES.length] as string;
}

/** What OpenCode's plugin is told in a run, in order, each with when it was told, epoch ms. */
export function opencodeEvents(run: Run): Captured[] {
  const events = opencodeName(run).split(" ").flatMap(readRecording);
  return renamed(events, renameOpencode(run));
}

export function opencodeTruth(run: Run): Truth {
  const name = opencodeName(run);
  const truth = { ...NOTHING_BESIDE, ...OPENCODE_CALLS[name], ...OPENCODE_ROWS[name] };
  return renamed(truth as unknown as Truth, renameOpencode(run));
}

/** A file of Claude Code's, its path from the project's directory. */
export interface ClaudeFile {
  path: string;
  lines: string[];
}

function claudeRecording({ producer, n }: Run) {
  return RECORDINGS[(producer * 5 + n) % RECORDINGS.length] as (typeof RECORDINGS)[number];
}

const renameClaude = (run: Run) => {
  const sessions = claudeRecording(run).sessions.map(({ id }) => String(id));
  return (text: string) =>
    text.replaceAll(UUID, (id) => (sessions.includes(id) ? `${id.slice(0, -7)}${tail(run)}` : id));
};

/** What Claude Code writes in a run: side files first, then the transcripts. */
export function claudeFiles(run: Run): ClaudeFile[] {
  const rename = renameClaude(run);
  const folder = join(FIXTURES, claudeRecording(run).name);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.jsonl?$/.test(name))
    .map((name) => ({
      path: rename(name),
      lines: rename(readFileSync(join(folder, name), "utf8")).split(/(?<=\n)/),
    }))
    .sort((a, b) => b.path.length - a.path.length);
}

export function claudeTruth(run: Run): Truth {
  const { name, sessions, messages } = claudeRecording(run);
  const beside = BESIDE[name] ?? NOTHING_BESIDE;
  return renamed({ sessions, messages, ...beside }, renameClaude(run));
}
