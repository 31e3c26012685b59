import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Source } from "@duolog/contract";
import { expect, test } from "vitest";
import { resumeCommand, shellLine } from "../../src/commands/resume/command.ts";

const UUID = "0f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const NONE = () => false;
const BOTH = () => true;

function session(fields: Partial<Parameters<typeof resumeCommand>[0]>) {
  const claude = { id: UUID, source: Source.claude_code, parentId: null };
  return { ...claude, projectPath: "/home/ada/garden", agentVersion: null, ...fields };
}

const OPENCODE = { id: "ses_6b1fAbC", source: Source.opencode };

test.each([
  [{}, NONE, ["claude", "--resume", UUID]],
  [OPENCODE, BOTH, ["opencode", "--session", "ses_6b1fAbC"]],
  [{ ...OPENCODE, agentVersion: "1.18.34" }, BOTH, ["opencode", "--session", "ses_6b1fAbC"]],
  [{ ...OPENCODE, agentVersion: "2.0.15" }, BOTH, ["opencode2", "--session", "ses_6b1fAbC"]],
  [{ ...OPENCODE, agentVersion: "2.0.15" }, NONE, ["opencode", "--session", "ses_6b1fAbC"]],
])("%j goes on by %j", (fields, has, argv) => {
  expect(resumeCommand(session(fields), has)).toEqual({ directory: "/home/ada/garden", argv });
});

test.each([
  [{ id: "--dangerously-skip-permissions" }, "has no id as those of claude-code look"],
  [{ id: `${UUID}\n` }, "has no id as those of claude-code look"],
  [{ id: "ses_6b1fAbC" }, "has no id as those of claude-code look"],
  [{ ...OPENCODE, id: UUID }, "has no id as those of opencode look"],
  [{ ...OPENCODE, id: "ses_; rm -rf ~" }, "has no id as those of opencode look"],
  [{ source: null }, "has no source: which agent it is of is not known"],
  [{ projectPath: null }, "tells no directory in which it could go on"],
  [{ ...OPENCODE, parentId: "ses_a" }, "is a sub-agent's: what goes on is ses_a, which started it"],
])("%j %s", (fields, reason) => {
  expect(resumeCommand(session(fields), BOTH)).toBe(reason);
});

test.each(["plain", "with space", "it's", '$(touch x) `y` "z"', "new\nline", "-dash", "ü"])(
  "a shell takes the line as it is meant, in %j",
  (name) => {
    const made = mkdtempSync(join(tmpdir(), "duolog-resume-"));
    const directory = join(made, name);
    mkdirSync(directory);
    const argv = ["printf", "%s|", "$HOME", "a b", "'", "--resume"] as const;
    const { stdout } = spawnSync("sh", ["-c", `${shellLine({ directory, argv })}; pwd`]);
    rmSync(made, { recursive: true });
    expect(String(stdout)).toBe(`$HOME|a b|'|--resume|${directory}\n`);
  },
);
