import { Source } from "@duolog/contract";
import { Command, InvalidArgumentError, Option } from "commander";
import { asFailure, Failure } from "./failure.ts";
import type { ImportOptions } from "./import/importRecords.ts";
import type { Output } from "./output/output.ts";
import type { Detail } from "./output/transcript/shown.ts";
import { findPlace } from "./place.ts";

// Each command loads its own code: `status` has no use for the server.

// Whatever this process writes is for its user alone, and for its user.
process.umask(0o077);

const place = findPlace();
const { env } = process;
const write = (text: string) => {
  process.stdout.write(text);
};
// A reader that goes first, as in `duolog show … | head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") fail(`can't write the output: ${error.message}`);
});
const output = ({ json }: { json?: boolean }): Output => ({ json: json === true, write });

const program = new Command("duolog")
  .description("One record of every OpenCode and Claude Code session on this machine.")
  .version(place.version)
  .showHelpAfterError();

program
  .command("serve")
  .description("run the daemon in the foreground")
  .addOption(new Option("--detached", "no output, ends when idle").default(false).hideHelp())
  .action(async ({ detached }: { detached: boolean }) => {
    const { serve } = await import("./commands/serve/serve.ts");
    process.exitCode = await serve(place, { detached, env, write });
  });

json("start", "start the daemon in the background").action(async (options) => {
  const { start } = await import("./commands/start.ts");
  await start(place, env, output(options));
});

json("stop", "stop the daemon").action(async (options) => {
  const { stop } = await import("./commands/stop.ts");
  await stop(place, output(options));
});

json("status", "tell of the daemon and the record").action(async (options) => {
  const { status } = await import("./commands/status.ts");
  await status(place, output(options));
});

json("sessions", "list the recorded sessions, latest first")
  .option("-n, --limit <number>", "how many", toLimit, 50)
  .addOption(new Option("--source <source>", "of one agent only").choices(Object.values(Source)))
  .action(async (options: { json?: boolean; limit: number; source?: Source }) => {
    const { sessions } = await import("./commands/sessions.ts");
    const { limit, source } = options;
    await sessions(place, env, { limit, source }, output(options));
  });

json("show", "show a session: what was said, and each tool call in a line")
  .argument("<id>", "the session's id")
  .option("--tools", "tool calls whole, and what was injected or summed up", false)
  .option("--reasoning", "what the model thought", false)
  .action(async (id: string, options: { json?: boolean } & Detail) => {
    const { showSession } = await import("./commands/show/show.ts");
    await showSession(place, env, id, options, output(options));
  });

json("backfill-source", "infer the source of rows from before it was kept")
  .option("--dry-run", "tell what would be set, set nothing", false)
  .action(async (options: { json?: boolean; dryRun: boolean }) => {
    const { backfillSource } = await import("./commands/backfillSource.ts");
    await backfillSource(place, env, options.dryRun, output(options));
  });

json("import", "take over what another record, or an agent's own files from before, hold")
  .addOption(
    new Option(
      "--database <file>",
      "a duolog database, or one from before migrations were kept",
    ).conflicts(["claudeCode", "opencode"]),
  )
  .addOption(
    new Option(
      "--claude-code [dir]",
      "Claude Code's transcripts (default: $CLAUDE_CONFIG_DIR, else ~/.claude)",
    ).conflicts("opencode"),
  )
  .option(
    "--opencode [file]",
    "a database or data directory of OpenCode's (default: opencode in $XDG_DATA_HOME or ~/.local/share, $OPENCODE_DB, and where its plugin was seen to run)",
  )
  .action(async (options: { json?: boolean } & ImportOptions, command: Command) => {
    const given = options.database ?? options.claudeCode ?? options.opencode;
    if (given === undefined) {
      command.error("error: one of --database, --claude-code and --opencode is required");
    }
    const { importRecords } = await import("./import/importRecords.ts");
    await importRecords(place, env, options, output(options));
  });

function json(name: string, description: string): Command {
  return program.command(name).description(description).option("--json", "for programs");
}

function fail(message: string): void {
  process.stderr.write(`duolog: ${message}\n`);
  process.exitCode = 1;
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError("not a number of sessions");
}

try {
  await program.parseAsync();
} catch (thrown) {
  const error = asFailure(thrown);
  if (!(error instanceof Error)) throw error;
  const known = error instanceof Failure || error.name === "StorageRefusal";
  fail(known ? error.message : (error.stack ?? error.message));
}
