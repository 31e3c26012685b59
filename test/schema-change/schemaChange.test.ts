import { afterAll, describe, expect, test } from "vitest";
import { WorkspaceCopy } from "./workspaceCopy.ts";

const PLUGINS = {
  opencode: "apps/opencode-plugin/src/translate/",
  claudeCode: "apps/claude-code-plugin/src/translate/",
} as const;

/** What `tsc -b` of everything compiles too, less the daemon, which would take most of the time. */
const PROJECTS = ["apps/opencode-plugin", "apps/claude-code-plugin"];

/** Errors that only say that something upstream failed. */
const FOLLOW_UPS = new Set(["TS6305", "TS2307"]);

const CHANGES = [
  ["a renamed column of sessions", /^ {2}gitBranch( +String\? )/m, "  branchName$1"],
  ["a retyped column of sessions", /^( {2}projectName +)String\? /m, "$1Int? "],
  [
    "a new required column of sessions",
    /^( {2}projectPath .*)$/m,
    '$1\n  host String @default("")',
  ],
  ["a new optional column of sessions", /^( {2}projectPath .*)$/m, "$1\n  host String?"],
  ["a renamed column of messages", /^ {2}finishReason( +String\? )/m, "  stopReason$1"],
  ["a retyped column of messages", /^( {2}role +)String\?/m, "$1Int?"],
  [
    "a new required column of messages",
    /^( {2}textContent .*)$/m,
    '$1\n  mood String @default("")',
  ],
  // The wire has one type for these, or the plugins send nothing there.
  ["a count that becomes a fraction", /^( {2}promptTokens +)BigInt\? /m, "$1Float? "],
  ["a time that becomes a count", /^( {2}createdAt +)DateTime\? /m, "$1BigInt? "],
  ["a text that may no longer be missing", /^( {2}title +)String\? *$/m, '$1String @default("")'],
  ["an enum that becomes a text", /^( {2}status +)SessionStatus\?/m, "$1String?"],
  ["a column that OpenCode never fills", /^( {2}gitBranch +)String\? /m, "$1DateTime? "],
  ["a column that Claude Code never fills", /^( {2}parentId +)String\? /m, "$1Boolean? "],
  ["a new optional column of messages", /^( {2}textContent .*)$/m, "$1\n  mood String?"],
] as const;

const ENUM_CHANGES = [
  ["opencode's value", /^ {2}opencode$/m, "  open_code", PLUGINS.opencode],
  ["opencode's mapped value", /^ {2}opencode$/m, '  opencode @map("open-code")', PLUGINS.opencode],
  ["claude_code's name", /^ {2}claude_code @map/m, "  claudecode @map", PLUGINS.claudeCode],
  ["claude_code's mapped value", '@map("claude-code")', '@map("claude")', PLUGINS.claudeCode],
] as const;

describe("a change of schema.prisma alone is a compile error in both plugins' translate code", () => {
  const copy = new WorkspaceCopy();
  afterAll(() => copy.remove());

  const ownErrors = (from: string | RegExp, to: string, folder: string) =>
    copy
      .compileWith(from, to, PROJECTS)
      .filter(({ file, code }) => file.startsWith(folder) && !FOLLOW_UPS.has(code));

  test("unchanged, there is no error", { timeout: 120_000 }, () => {
    expect(copy.compileWith("", "")).toEqual([]);
  });

  test.each(CHANGES)("%s", { timeout: 120_000 }, (_change, from, to) => {
    const errors = copy.compileWith(from, to, PROJECTS);
    for (const folder of Object.values(PLUGINS)) {
      const own = errors.filter(
        ({ file, code }) => file.startsWith(folder) && !FOLLOW_UPS.has(code),
      );
      expect(own, folder).not.toEqual([]);
    }
  });

  test.each(ENUM_CHANGES)(
    "a renamed enum value: %s",
    { timeout: 120_000 },
    (_change, from, to, folder) => {
      expect(ownErrors(from, to, folder)).not.toEqual([]);
    },
  );
});
