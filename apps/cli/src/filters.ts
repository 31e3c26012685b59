import { resolve } from "node:path";
import { Source } from "@duolog/contract";
import type { Filter } from "@duolog/contract/server";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseSince, parseUntil } from "./times.ts";

/** What the options of `withFilters` tell. */
export type FilterOptions = Omit<Filter, "without" | "withoutProjects">;

const ROLES = ["user", "assistant"];

/** The options by which a person narrows a question: these, or all. */
const OPTIONS: Readonly<Record<keyof FilterOptions, () => Option>> = {
  source: () => new Option("--source <source>", "of one agent").choices(Object.values(Source)),
  project: () =>
    new Option(
      "--project <project>",
      "of a project: its name, or a directory and all below it",
    ).argParser(here),
  model: () => new Option("--model <model>", "of a model: its name, or the beginning of one"),
  role: () => new Option("--role <role>", "in which this one spoke").choices(ROLES),
  tool: () => new Option("--tool <name>", "in which this tool was called"),
  file: () =>
    new Option(
      "--file <path>",
      "in which a tool touched this file: its path, or the end of one from a / on",
    ).argParser(here),
  since: () => new Option("--since <when>", `not before: ${TIMES}`).argParser(toSince),
  until: () =>
    new Option("--until <when>", "not after; a day or month to its end").argParser(toUntil),
  session: () => new Option("--session <id>", "this session and its sub-agents"),
};

/** Ways to tell a time. */
export const TIMES = "2026-10, 2026-10-05, 2026-10-05T12:30, 12h, 3d, 2w, yesterday";

/** The command with the options that narrow what it tells; without those that are left out. */
export function withFilters(command: Command, ...leftOut: (keyof FilterOptions)[]): Command {
  const options = Object.entries(OPTIONS) as [keyof FilterOptions, () => Option][];
  for (const [name, option] of options) if (!leftOut.includes(name)) command.addOption(option());
  return command;
}

/** The filter that the options tell. */
export function filterOf(options: FilterOptions): Filter {
  const names = Object.keys(OPTIONS) as (keyof FilterOptions)[];
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}

/** A path that begins with a dot is meant from here on. */
function here(text: string): string {
  return /^\.\.?(\/|$)/.test(text) ? resolve(text) : text;
}

/** As parseSince. Throws InvalidArgumentError where it is none. */
export function toSince(text: string): number {
  return known(parseSince(text, Date.now()));
}

function toUntil(text: string): number {
  return known(parseUntil(text, Date.now()));
}

function known(time: number | null): number {
  if (time !== null) return time;
  throw new InvalidArgumentError("no time that is known");
}
