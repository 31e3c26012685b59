import { expect, test, vi } from "vitest";
import { startLine } from "../../src/handoff/handoff.ts";
import { when } from "../../src/output/text.ts";
import { homeWith, type Session } from "../export/record.ts";
import { HAS_SCRIPT, inTerminal } from "../inTerminal.ts";
import { SAMPLES } from "../secrets/samples.ts";
import { T } from "../transcript/rows.ts";

vi.setConfig({ testTimeout: 60_000 });

const TOKEN = SAMPLES.find(({ kind }) => kind === "github-token") ?? SAMPLES[0]!;
const SESSION: Session = {
  id: "ses_handed",
  title: "Mend the login\u001b[2J",
  projectPath: "/w/app",
  messages: [
    { id: "u1", role: "user", textContent: "Mend the login." },
    { id: "a1", role: "assistant", textContent: "I look." },
    { id: "u2", role: "user", textContent: `Use ${TOKEN.secret} for it` },
    { id: "a2", role: "assistant", textContent: "The login is mended; the test is not." },
  ],
  calls: [
    {
      id: "c1",
      messageId: "a1",
      name: "edit",
      kind: "edit",
      status: "success",
      filePath: "/w/app/login.ts",
    },
    {
      id: "c2",
      messageId: "a1",
      name: "todowrite",
      kind: "todo",
      status: "success",
      // Long enough to lie outside the row.
      input: JSON.stringify({
        todos: [
          { content: "Mend it", status: "completed" },
          { content: `Test it ${"very ".repeat(300)}`, status: "pending" },
        ],
      }),
    },
  ],
};

test("handoff writes the goal, the last state, what is open and what was touched, without secrets", async () => {
  await using home = await homeWith(SESSION);
  const { code, stdout, stderr } = await home.run(["handoff", "ses_h", "--to", "claude-code"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(
    stdout.split("\n").map((line) => (line.length > 60 ? `${line.slice(0, 60)}…` : line)),
  ).toEqual([
    "This is a record of what was said and done with another agen…",
    "",
    "# Mend the login [2J",
    "",
    "Agent: OpenCode, session ses_handed",
    "Directory: /w/app",
    `Last written: ${when(T)}`,
    "",
    "## Goal",
    "",
    "Mend the login.",
    "",
    "## Last state",
    "",
    "The login is mended; the test is not.",
    "",
    "## Open",
    "",
    "- [pending] Test it very very very very very very very very …",
    "",
    "## Files",
    "",
    "- login.ts (changed once)",
    "",
    "## Asked since",
    "",
    "- Use [redacted:github-token] for it",
    "",
  ]);
  const raw = await home.run(["handoff", "last", "--to", "claude-code", "--raw"]);
  expect(raw.stdout).toContain(TOKEN.secret);
  expect(raw.stderr).toBe(
    "duolog: --raw: nothing is masked, the brief may hold secrets that were said\n",
  );
});

test("handoff --json tells who and how long; a brief is cut after it is masked", async () => {
  await using home = await homeWith({
    id: "ses_cut",
    // Wherever it is cut, it is within one.
    messages: [{ id: "u", role: "user", textContent: `${TOKEN.secret} `.repeat(300) }],
  });
  const told = await home.json(["handoff", "ses_cut", "--to", "opencode", "--tokens", "300"]);
  expect(told).toMatchObject({ from: { id: "ses_cut", source: "opencode" }, to: "opencode" });
  expect(told.tokens).toBe(Math.ceil(told.brief.length / 4));
  expect(told.tokens).toBeLessThan(330);
  expect(told.brief).not.toContain(TOKEN.secret.slice(0, 8));
});

test.skipIf(!HAS_SCRIPT).each([
  ["claude-code", `claude "$(duolog handoff ses_handed --to claude-code)"`],
  ["opencode", `opencode --prompt "$(duolog handoff ses_handed --to opencode)"`],
])("in a terminal a line says how %s is started with it", async (to, line) => {
  await using home = await homeWith(SESSION);
  const { stdout, status } = inTerminal(home, {}, ["handoff", "last", "--to", to]);
  expect(stdout).toContain("## Goal");
  expect(stdout.trimEnd()).toMatch(/start the other agent with it: [^\r\n]*$/);
  expect(stdout).toContain(line);
  expect(status).toBe(0);
});

test("an id of any kind is a word of the shell", () => {
  expect(startLine("a'b $(x)", "opencode")).toBe(
    `opencode --prompt "$(duolog handoff 'a'\\''b $(x)' --to opencode)"`,
  );
});

test.each([
  [["ses_x", "--to", "claude-code"], "there is no session ses_x"],
  [["ses_handed"], "required option '--to <agent>' not specified"],
  [["ses_handed", "--to", "emacs"], "Allowed choices are opencode, claude-code"],
  [["ses_handed", "--to", "opencode", "--tokens", "9"], "not a number from 200 to 25000"],
])("what can't be handed on is refused: %j", async (args, said) => {
  await using home = await homeWith(SESSION);
  const { code, stdout, stderr } = await home.run(["handoff", ...args]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(said);
});
