import { Command } from "commander";
import { Failure } from "./commands/failure.ts";
import { findPlace } from "./commands/place.ts";

// Each command loads its own code: `status` has no use for the database.
const write = (text: string) => {
  process.stdout.write(text);
};

const program = new Command("duolog")
  .description("One record of every OpenCode and Claude Code session on this machine.")
  .version(findPlace().version)
  .showHelpAfterError();

program
  .command("serve")
  .description("run the daemon in the foreground")
  .option("--detached", "in the background: no output, ends when idle", false)
  .action(async ({ detached }: { detached: boolean }) => {
    const { serve } = await import("./commands/serve.ts");
    process.exitCode = await serve(findPlace(), { detached, env: process.env, write });
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const known = error instanceof Failure || error.name === "StorageRefusal";
  process.stderr.write(`duolog: ${known ? error.message : (error.stack ?? error.message)}\n`);
  process.exitCode = 1;
}
