import { type Command, Option } from "commander";
import { type FilterOptions, filterOf, withFilters } from "../filters.ts";
import { screenOf } from "../import/progress.ts";
import type { Place } from "../place.ts";
import { FORMAT_NAMES, type FormatName } from "./options.ts";

/** What the command works with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  program: Command;
}

interface Options extends FilterOptions {
  all: boolean;
  format: FormatName;
  json?: true;
  out?: string;
  raw: boolean;
}

/** Defines the command that takes sessions out. */
export function defineExport({ place, env, program }: Around): void {
  const command = program
    .command("export")
    .description("write sessions as Markdown, JSON or a page, without their secrets")
    .argument("[sessions...]", "sessions' ids, the beginnings of them, or `last`")
    .option("--all", "every session, or those that the options narrow it to", false);
  withFilters(command)
    .addOption(new Option("--format <format>", "as what").choices(FORMAT_NAMES).default("markdown"))
    .addOption(new Option("--json", "for programs: --format json").implies({ format: "json" }))
    .option("--out <directory>", "a file for each in this directory; none is written over")
    .option("--raw", "with the secrets that are masked else", false)
    .action(async (named: string[], options: Options) => {
      const { exportSessions } = await import("./exportSessions.ts");
      const { all, format, out, raw } = options;
      const tell = (text: string) => process.stderr.write(`duolog: ${text}\n`);
      const { stdout, stderr } = process;
      const screen = stderr.isTTY ? screenOf(stderr, false) : null;
      const isWhole = await exportSessions(
        { place, env, stdout, tell, screen },
        { named, all, filter: filterOf(options), format, out, raw },
      );
      if (!isWhole) process.exitCode = 1;
    });
}
