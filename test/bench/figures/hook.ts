import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquirePidLock, dataPaths, ensureDataDir } from "@duolog/client/local";
import { CLAUDE_PLUGIN } from "../../agents/run/claude.ts";
import { addedTime, type Effort, type Figure } from "../figure.ts";
import { interleave, programTime } from "../measure.ts";

/** Hooks of one kind are so short that many are needed. */
const FACTOR = 20;

const PAYLOAD = {
  session_id: "2449429f-8863-45e1-80d6-5fb3d646b9ef",
  transcript_path: "/home/dev/.claude/projects/-home-dev/2449429f.jsonl",
  cwd: "/home/dev",
  hook_event_name: "UserPromptSubmit",
  prompt: "What does this do? ".repeat(20),
};

/** What Claude Code waits for at each hook, while a forwarder lives. */
export const hook: Figure = {
  name: "hook",
  async run({ rounds }: Effort) {
    const root = mkdtempSync(join(tmpdir(), "duolog-bench-"));
    try {
      const paths = dataPaths(root);
      ensureDataDir(paths);
      // This process stands in for the forwarder.
      acquirePidLock(join(root, "forwarder.pid"));
      const payload = join(root, "payload.json");
      writeFileSync(payload, JSON.stringify(PAYLOAD));
      const env = { PATH: process.env.PATH ?? "", HOME: root, DUOLOG_DATA_DIR: root };
      const timed = (args: string[]) => {
        const stdin = openSync(payload, "r");
        try {
          return programTime("sh", args, { env, stdin });
        } finally {
          closeSync(stdin);
        }
      };
      const { sides, difference } = await interleave(
        rounds * FACTOR,
        () => timed([join(CLAUDE_PLUGIN, "hooks", "note.sh")]),
        () => timed(["-c", "true"]),
      );
      return [addedTime("Claude hook, wall time, against `sh -c true`", sides, difference, 5)];
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};
