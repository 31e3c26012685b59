import { Command, InvalidArgumentError, Option } from "commander";
import { defineExport } from "./export/defineExport.ts";
import { asFailure, Failure } from "./failure.ts";
import { TIMES, toSince } from "./filters.ts";
import { defineHandoff } from "./handoff/defineHandoff.ts";
import type { ImportOptions } from "./import/importRecords.ts";
import { screenOf } from "./import/progress.ts";
import type { Output } from "./output/output.ts";
import { outputTo } from "./output/terminal/terminal.ts";
import { findPlace } from "./place.ts";
import { defineReading } from "./reading.ts";
import { defineSearching } from "./searching.ts";
import { defineUsage } from "./usage/defineUsage.ts";
import type { VerifyOptions } from "./verify/verify.ts";

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
const output = ({ json }: { json?: boolean }): Output => ({
  json: json === true,
  ...outputTo(process.stdout, env, write),
});

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
  await status(place, env, output(options));
});

defineReading({ place, env, output, json });

program
  .command("mcp")
  .description("answer an agent's questions about the record, on stdin and stdout (MCP)")
  .addOption(new Option("--agent <agent>", "whose plugin declared it").hideHelp())
  .addOption(new Option("--directory <path>", "where the agent works").hideHelp())
  // bin/duolog.js runs it without what stands here.
  .action(async () => {
    await import("./mcp/front/main.ts");
  });

json("secrets", "tell which kinds of secrets the record holds and where, never the secrets").action(
  async (options: { json?: boolean }) => {
    const { secrets } = await import("./commands/secrets/secrets.ts");
    const screen = screenOf(process.stderr, options.json === true);
    await secrets(place, env, output(options), screen);
  },
);
defineSearching({ place, env, output, json });
defineUsage({ place, env, output, program, json });
defineExport({ place, env, program });
defineHandoff({ place, env, output, json });

json("backfill-source", "infer the source of rows from before it was kept")
  .option("--dry-run", "tell what would be set, set nothing", false)
  .action(async (options: { json?: boolean; dryRun: boolean }) => {
    const { backfillSource } = await import("./commands/backfillSource.ts");
    await backfillSource(place, env, options.dryRun, output(options));
  });

json("import", "take over what both agents still hold from before, and what changed in it since")
  .option("--claude-code [dir]", "what Claude Code keeps, in all its places or in this directory")
  .option("--opencode [file]", "what OpenCode keeps, in all its places or in this database")
  .addOption(
    new Option(
      "--database <file>",
      "a duolog database, or one from before migrations were kept",
    ).conflicts(["claudeCode", "opencode", "since", "all"]),
  )
  .option("--since <when>", `leave out sessions last written before: ${TIMES}`, toSince)
  .option("--all", "read again what was imported already and did not change", false)
  .option("--dry-run", "read and tell what is there, write nothing", false)
  .action(async (options: { json?: boolean } & ImportOptions) => {
    const { importRecords } = await import("./import/importRecords.ts");
    const screen = screenOf(process.stderr, options.json === true);
    const isWhole = await importRecords({ place, env, options, output: output(options), screen });
    if (!isWhole) process.exitCode = 1;
  });

program
  .command("heal", { hidden: true })
  .description("for the daemon: brings what live capture missed")
  .argument("[ids...]", "of these sessions")
  .option("--known", "of all that changed or came", false)
  .option("--live", "of those that somebody works in too", false)
  .action(async (named: string[], which: { known: boolean; live: boolean }) => {
    const { heal } = await import("./heal/heal.ts");
    const found = await heal(place, env, { named, ...which, now: Date.now() });
    for (const missed of found) process.stdout.write(`${JSON.stringify(missed)}\n`);
  });

program
  .command("reference", { hidden: true })
  .description("all commands, as a document")
  .action(async () => {
    const { reference } = await import("./output/reference.ts");
    write(reference(program));
  });

json("verify", "compare the record with what both agents keep, session by session, field by field")
  .option("--repair", "set right what differs, after a backup", false)
  .option("--claude-code [dir]", "what Claude Code keeps, in all its places or in this directory")
  .option("--opencode [file]", "what OpenCode keeps, in all its places or in this database")
  .action(async (options: { json?: boolean } & VerifyOptions) => {
    const { verifyRecord } = await import("./verify/verify.ts");
    const isComplete = await verifyRecord(place, env, options, output(options));
    if (!isComplete) process.exitCode = 1;
  });

program
  .command("query")
  .description("run one SQL statement that reads, on the record itself")
  .argument(
    "<sql>",
    "SELECT, WITH, EXPLAIN or PRAGMA; the tables are those of prisma/schema.prisma",
  )
  .option("--json", "an array of objects")
  .addOption(new Option("--csv", "comma-separated, the names first").conflicts("json"))
  .option("--timeout <seconds>", "give up after so long", toSeconds, 30)
  .action(async (sql: string, options: { json?: boolean; csv?: boolean; timeout: number }) => {
    const { query } = await import("./query/query.ts");
    const format = options.json ? "json" : options.csv ? "csv" : "table";
    await query(place, { sql, format, limitMs: options.timeout * 1_000, write });
  });

json("backup", "copy the record into a new file, while the daemon goes on")
  .argument("<file>", "where to; nothing may be there")
  .action(async (file: string, options) => {
    const { backup } = await import("./backup/backup.ts");
    backup(place, file, output(options));
  });

json("restore", "put a backup in the record's place, after a backup of what is there")
  .argument("<file>", "a backup, or another copy of a record")
  .action(async (file: string, options) => {
    const { restore } = await import("./backup/restore.ts");
    await restore(place, env, file, output(options));
  });

function json(name: string, description: string): Command {
  return program.command(name).description(description).option("--json", "for programs");
}

function fail(message: string): void {
  process.stderr.write(`duolog: ${message}\n`);
  process.exitCode = 1;
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("not a number of seconds");
}

try {
  await program.parseAsync();
} catch (thrown) {
  const error = asFailure(thrown);
  if (!(error instanceof Error)) throw error;
  const known = error instanceof Failure || error.name === "StorageRefusal";
  fail(known ? error.message : (error.stack ?? error.message));
  if (error instanceof Failure) process.exitCode = error.exitCode;
}
