import { type Left, Source } from "@duolog/contract";
import { count, oneLine, when } from "../output/text.ts";
import type { Store } from "../stores/store.ts";
import type { Chosen } from "./chooseParts.ts";
import type { Outcome } from "./importStore.ts";
import type { Counts, Reasons } from "./tally.ts";

/** Something that was not read, or not taken, so many times for one reason. */
interface Told {
  reason: string;
  count: number;
}

/** What `import --json` tells of an agent's history, or of another record. */
export interface StoreReport extends Counts {
  source: Source | null;
  /** What was looked into. */
  places: readonly string[];
  /** Sessions that were read, that were not because nothing changed in them, and that `--since` left out. */
  read: number;
  unchanged: number;
  older: number;
  bytesRead: number;
  /** Why so many records were refused, and things passed over. */
  reasons: { refused: Told[]; unreadable: Told[] };
  /** What was seen and is not read, by its reason; of each the first few. */
  left: (Told & { what: string[] })[];
  /** What could not be read. */
  failed: { what: string; reason: string }[];
}

/** What `import --json` tells; the counts are those of all stores together. */
export interface Report extends Counts {
  dryRun: boolean;
  bytesRead: number;
  stores: StoreReport[];
}

/** How many of a kind are named, and how many reasons are told. */
const NAMED = 3;
const REASONS = 10;
/** Characters of a reason or a name. */
const WIDTH = 200;

/** What people call each agent. */
export const NAMES: Readonly<Record<Source, string>> = {
  [Source.claude_code]: "Claude Code",
  [Source.opencode]: "OpenCode",
};

const NOTHING: Counts = {
  sessions: 0,
  messages: 0,
  toolCalls: 0,
  events: 0,
  new: 0,
  changed: 0,
  refused: 0,
  unreadable: 0,
};

/** The report on one store. */
export function reportOf(store: Store, chosen: Chosen, outcome: Outcome | null): StoreReport {
  const { source, places, left } = store;
  const { counts = NOTHING, bytesRead = 0, failed = [], refused, unreadable } = outcome ?? {};
  return {
    source,
    places,
    read: chosen.read.length - failed.length,
    unchanged: chosen.unchanged.length,
    older: chosen.older.length,
    ...counts,
    bytesRead,
    reasons: { refused: told(refused), unreadable: told(unreadable) },
    left: grouped(left),
    failed: failed.map(({ part, reason }) => ({ what: part.id, reason })),
  };
}

/** The report on all of them. */
export function totalOf(stores: StoreReport[], dryRun: boolean): Report {
  const total = { dryRun, ...NOTHING, bytesRead: 0 };
  for (const store of stores) {
    for (const key of [...(Object.keys(NOTHING) as (keyof Counts)[]), "bytesRead" as const]) {
      total[key] += store[key];
    }
  }
  return { ...total, stores };
}

/** The most frequent ones. */
function told(reasons: Reasons = new Map()): Told[] {
  const all = [...reasons].map(([reason, count]) => ({ reason, count }));
  return all.sort((a, b) => b.count - a.count).slice(0, REASONS);
}

/** What was left, by its reason. */
export function grouped(left: readonly Left[]): (Told & { what: string[] })[] {
  const groups = new Map<string, Told & { what: string[] }>();
  for (const { what, reason } of left) {
    const group = groups.get(reason) ?? { reason, count: 0, what: [] };
    groups.set(reason, group);
    group.count++;
    if (group.what.length < NAMED) group.what.push(what);
  }
  return [...groups.values()];
}

/** The report for a person. `since` is epoch ms. */
export function reportText({ dryRun, stores }: Report, since: number | null): string {
  const lines = stores.flatMap((store) => storeLines(store, dryRun, since));
  const isKept = !dryRun && stores.some(({ refused, unreadable }) => refused || unreadable);
  if (isKept)
    lines.push("Look into rejected/ in the data directory for what was refused or passed over");
  return `${lines.join("\n")}\n`;
}

function storeLines(store: StoreReport, dryRun: boolean, since: number | null): string[] {
  const { source, places, unchanged, older } = store;
  const name = source === null ? "duolog" : NAMES[source];
  if (places.length === 0) return [`${name}: nothing of it is here`, ...leftLines(store)];
  const lines = [`${name}: ${readText(store)} read from ${places.map(shown).join(", ")}`];
  if (store.read > 0 && !dryRun) lines.push(`  ${tookText(store)}`);
  if (unchanged) lines.push(`  ${count(unchanged, "session")} unchanged since the last import`);
  if (older)
    lines.push(`  ${count(older, "session")} left out, last written before ${when(since)}`);
  return [...lines, ...asideLines(store), ...leftLines(store), ...failedLines(store)];
}

function readText({ sessions, messages, toolCalls, events }: StoreReport): string {
  const rows = [count(sessions, "session"), count(messages, "message")];
  return `${[...rows, count(toolCalls, "tool call")].join(", ")} and ${count(events, "event")}`;
}

function tookText(store: StoreReport): string {
  const added = `${count(store.new, "row")} new`;
  return `${added}, ${store.changed.toLocaleString("en-US")} changed; the rest was there already`;
}

function asideLines({ refused, unreadable, reasons }: StoreReport): string[] {
  return [
    ...whyLines(refused, `${count(refused, "record")} refused`, reasons.refused),
    ...whyLines(
      unreadable,
      `${count(unreadable, "broken or unknown thing")} passed over`,
      reasons.unreadable,
    ),
  ];
}

function whyLines(number: number, what: string, reasons: Told[]): string[] {
  if (number === 0) return [];
  return [`  ${what}`, ...reasons.map(({ reason, count }) => `    ${count} × ${shown(reason)}`)];
}

function leftLines({ left }: StoreReport): string[] {
  return left.map(({ reason, count, what }) => {
    const more = count > what.length ? ", …" : "";
    return `  ${count.toLocaleString("en-US")} not read: ${shown(reason)} (${what.map(shown).join(", ")}${more})`;
  });
}

function failedLines({ failed }: StoreReport): string[] {
  const named = failed
    .slice(0, NAMED)
    .map(({ what, reason }) => `    ${shown(what)}: ${shown(reason)}`);
  return failed.length > 0 ? [`  ${count(failed.length, "session")} can't be read`, ...named] : [];
}

function shown(text: string): string {
  return oneLine(text, WIDTH);
}
