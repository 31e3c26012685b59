import { type Command, InvalidArgumentError, Option } from "commander";
import { Failure } from "./failure.ts";
import { type FilterOptions, filterOf, withFilters } from "./filters.ts";
import type { Output } from "./output/output.ts";
import type { Detail } from "./output/transcript/shown.ts";
import type { Place } from "./place.ts";

/** What the commands work with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  output: (options: { json?: boolean }) => Output;
  /** Begins a command that has `--json`. */
  json: (name: string, description: string) => Command;
}

/** Of the filter, what `last` goes by. */
type Of = Pick<FilterOptions, "source" | "project">;

const NOT_OF_LAST = ["model", "role", "tool", "file", "since", "until", "session"] as const;
const SESSION = "a session's id, the beginning of it, or `last`: the one written last";

/** Defines the commands that read the record. */
export function defineReading(around: Around): void {
  defineSessions(around);
  defineShow(around);
  defineFiles(around);
  defineTools(around);
  defineResume(around);
}

function defineSessions({ place, env, output, json }: Around): void {
  withFilters(json("sessions", "list the recorded sessions, latest first"))
    .option("-n, --limit <number>", "how many", toLimit, 50)
    .option("--tree", "with their sub-agents, and forks below what they were made of", false)
    .action(async (options: { json?: boolean; limit: number; tree: boolean } & FilterOptions) => {
      const { sessions, sessionTrees } = await import("./commands/reading/sessions.ts");
      const query = { limit: options.limit, filter: filterOf(options) };
      const list = options.tree ? sessionTrees : sessions;
      await list(place, env, query, output(options));
    });
}

function defineShow({ place, env, output, json }: Around): void {
  const at = "from this message or tool call on: its id, or the beginning of it";
  const show = json("show", "show a session: what was said, and each tool call in a line")
    .argument("<session>", SESSION)
    .addOption(new Option("--at <message>", at).conflicts("json"))
    .option("--tools", "tool calls whole, and what was injected or summed up", false)
    .option("--reasoning", "what the model thought", false);
  withFilters(show, ...NOT_OF_LAST).action(
    async (ref: string, options: { json?: boolean; at?: string } & Detail & Of) => {
      const { showSession } = await import("./commands/reading/show/show.ts");
      const { source, project } = options;
      await showSession(place, env, { ref, source, project }, options, output(options));
    },
  );
}

function defineFiles({ place, env, output, json }: Around): void {
  const files = json("files", "list the files touched last, or the calls that touched a file")
    .argument("[path]", "a file, or a directory and all below it; or the end of a path from a / on")
    .option("-n, --limit <number>", "how many", toLimit, 50);
  withFilters(files, "role", "file").action(
    async (
      path: string | undefined,
      options: { json?: boolean; limit: number } & FilterOptions,
    ) => {
      const { fileCalls, files } = await import("./commands/reading/files.ts");
      const { role: _role, file: _file, ...filter } = filterOf(options);
      const { limit } = options;
      const isNarrowed = Object.values(filter).some((value) => value !== undefined);
      if (path !== undefined) await fileCalls(place, env, { path, limit, filter }, output(options));
      else if (isNarrowed) throw new Failure("only the calls of a path are narrowed: name one");
      else await files(place, env, limit, output(options));
    },
  );
}

function defineTools({ place, env, output, json }: Around): void {
  const tools = json("tools", "tell how often each tool was called, failed, and how long it took");
  withFilters(tools, "role").action(async (options: { json?: boolean } & FilterOptions) => {
    const { tools } = await import("./commands/reading/tools.ts");
    const { role: _role, ...filter } = filterOf(options);
    await tools(place, env, filter, output(options));
  });
}

function defineResume({ place, env, output, json }: Around): void {
  const resume = json("resume", "tell the agent's own command that goes on with a session")
    .argument("<session>", SESSION)
    .addOption(new Option("--exec", "run it").default(false).conflicts("json"));
  withFilters(resume, ...NOT_OF_LAST).action(
    async (ref: string, options: { json?: boolean; exec: boolean } & Of) => {
      const { resume, runResumed } = await import("./commands/resume/resume.ts");
      const query = { ref, source: options.source, project: options.project };
      if (options.exec) process.exitCode = await runResumed(place, env, query);
      else await resume(place, env, query, output(options));
    },
  );
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError("not a number from 1 on");
}
