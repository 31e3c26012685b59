import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf, type Line, linesOf } from "../truth/claude/lines.ts";
import { query } from "../truth/record.ts";

/** The types that an agent sends and keeps, by what has one: events, lines, parts, … */
export type Types = Readonly<Record<string, readonly string[]>>;

/**
 * The types of the events that OpenCode told its plugins, of its messages (their roles) and of their parts.
 * @param eventsFile what typeProbe.mjs wrote
 */
export function sentByOpencode(database: string, eventsFile: string): Types {
  const events = existsSync(eventsFile) ? readFileSync(eventsFile, "utf8").trim().split("\n") : [];
  const stored = (table: string, key: string) =>
    query(database, (all) =>
      (all(`SELECT DISTINCT json_extract(data, '$.${key}') AS type FROM ${table}`) as Typed[]).map(
        ({ type }) => type,
      ),
    );
  const isThere = existsSync(database);
  return {
    events: unique(events),
    messages: isThere ? unique(stored("message", "role")) : [],
    parts: isThere ? unique(stored("part", "type")) : [],
  };
}

interface Typed {
  type: string;
}

/** The types of the lines in Claude Code's transcripts, and of the blocks in their messages. */
export function sentByClaude(configDir: string): Types {
  const projects = join(configDir, "projects");
  const files = existsSync(projects)
    ? readdirSync(projects, { recursive: true, encoding: "utf8" })
    : [];
  const lines = files
    .filter((file) => file.endsWith(".jsonl"))
    .flatMap((file) => linesOf(join(projects, file)));
  return {
    lines: unique(lines.map(typeOf)),
    blocks: unique(lines.flatMap(blocksOf).map(({ type }) => type)),
  };
}

function typeOf({ type, subtype, attachment }: Line): string {
  return [type, subtype, attachment?.type].filter((name) => name !== undefined).join("/");
}

/** Several agents' types, or those of several runs, as one. */
export function together(all: readonly Types[]): Types {
  const kinds = unique(all.flatMap((types) => Object.keys(types)));
  return Object.fromEntries(
    kinds.map((kind) => [kind, unique(all.flatMap((types) => types[kind] ?? []))]),
  );
}

/** Those of some types that others do not have; kinds of which none are left out. */
export function without(types: Types, others: Types): Types {
  const rest = Object.entries(types).map(([kind, of]): [string, string[]] => [
    kind,
    of.filter((type) => !others[kind]?.includes(type)),
  ]);
  return Object.fromEntries(rest.filter(([, of]) => of.length > 0));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
