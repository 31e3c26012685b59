import { COST_MODES, type CostMode, Source, type UsageQuery } from "@duolog/contract";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { TIMES } from "../filters.ts";
import type { Output } from "../output/output.ts";
import type { Place } from "../place.ts";
import { parseSince, parseUntil } from "../times.ts";
import { REPORT_NAMES, type ReportName } from "./reports.ts";

/** What the commands work with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  output: (options: { json?: boolean }) => Output;
  program: Command;
  /** Begins a command that has `--json`. */
  json: (name: string, description: string) => Command;
}

/** A day in the zone that is asked for, or a moment (epoch ms). */
type When = { day: string } | { time: number };

/** What the options tell. */
export interface UsageOptions {
  json?: boolean;
  csv?: boolean;
  since?: When;
  until?: When;
  breakdown: boolean;
  instances: boolean;
  project?: string;
  source?: Source;
  model?: string;
  session?: string;
  timezone?: string;
  order?: "asc" | "desc";
  mode: CostMode;
  active: boolean;
  explain: boolean;
}

/** Defines the commands of totals. */
export function defineUsage(around: Around): void {
  defineTotals(around);
  defineStatusline(around);
  definePrices(around);
}

function definePrices({ place, output, json }: Around): void {
  json("prices", "tell which list of prices is used; with --update have a newer one used")
    .option("--update", "ask for the newest list: the one request that duolog makes", false)
    .option("--from <address>", "of --update: another https address, or a file")
    .option("--bundled", "use the list that comes with the program", false)
    .action(
      async (options: { update: boolean; from?: string; bundled: boolean; json?: boolean }) => {
        const { prices } = await import("./prices/prices.ts");
        const { PUBLISHED } = await import("./prices/fetchPrices.ts");
        const { update, from = PUBLISHED, bundled } = options;
        const wanted = { from: update ? from : null, bundled, now: new Date() };
        await prices(place, wanted, output(options));
      },
    );
}

function defineStatusline({ program }: Around): void {
  program
    .command("statusline")
    .description("a line for Claude Code's status line: model, session, today, window")
    // bin/duolog.js runs it without what stands here.
    .action(async () => {
      await import("./statusline/main.ts");
    });
}

/** In the words of ccusage. */
function defineTotals({ place, env, output, json }: Around): void {
  json("usage", "tell what was used and what it cost: tokens and USD")
    .addArgument(
      new Argument("[report]", "what the rows are of")
        .choices([...REPORT_NAMES, "blocks"])
        .default("daily"),
    )
    .addOption(new Option("--csv", "comma-separated").conflicts("json"))
    .option("--since <when>", `not before: 20261005, ${TIMES}`, toSince)
    .option("--until <when>", "not after; a day or month to its end", toUntil)
    .option("-b, --breakdown", "each model's share", false)
    .option("-i, --instances", "each project apart", false)
    .option("-p, --project <project>", "of a project: its name, or a directory and all below it")
    .addOption(new Option("--source <source>", "of one agent").choices(Object.values(Source)))
    .option("--model <model>", "of a model: its name, or the beginning of one")
    .option("--session <id>", "of this session and its sub-agents")
    .option("-z, --timezone <zone>", "whose days are meant (IANA); this system's without it")
    .addOption(new Option("-o, --order <order>", "of the rows").choices(["asc", "desc"]))
    .addOption(
      new Option(
        "-m, --mode <mode>",
        "whose cost counts: the agent's, else ours; ours; the agent's",
      )
        .choices(COST_MODES)
        .default("auto"),
    )
    .option("-a, --active", "of blocks: the one that goes on", false)
    .option("--explain", "tell by which rules it is reckoned", false)
    // Prices are never asked for over the network.
    .addOption(
      new Option("-O, --offline", "for scripts made for ccusage: it is always so").hideHelp(),
    )
    .addOption(new Option("--no-offline").hideHelp())
    .action(async (name: ReportName | "blocks", options: UsageOptions) => {
      const { runUsage } = await import("./runUsage.ts");
      await runUsage(place, env, name, options, output(options));
    });
}

/** The query that the options tell. */
export function queryOf(
  options: UsageOptions,
  zone: string,
): Omit<UsageQuery, "by" | "instances" | "limit"> {
  const { project, source, model, session, timezone = zone, mode, since, until } = options;
  return {
    project,
    source,
    model,
    session,
    timezone,
    mode,
    ...(since && ("day" in since ? { fromDay: since.day } : { since: since.time })),
    ...(until && ("day" in until ? { toDay: until.day } : { until: until.time })),
  };
}

function toSince(text: string): When {
  return dayIn(text) ?? momentOf(parseSince(text, Date.now()));
}

function toUntil(text: string): When {
  return dayIn(text) ?? momentOf(parseUntil(text, Date.now()));
}

/** `20261005` and `2026-10-05` are days of whatever zone is asked for. */
function dayIn(text: string): When | null {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text) ?? [];
  if (!year) return null;
  const date = `${year}-${month}-${day}`;
  const time = new Date(`${date}T00:00:00Z`);
  if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(date)) return { day: date };
  throw new InvalidArgumentError("no such day");
}

function momentOf(time: number | null): When {
  if (time !== null) return { time };
  throw new InvalidArgumentError("no time that is known");
}
