import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseStatusInput, statusText } from "../../src/usage/statusline/statusText.ts";
import { DUOLOG, TestHome } from "../duolog.ts";

const MINUTE = 60_000;

describe("the input", () => {
  test.each([
    ['{"session_id":"s","model":{"id":"m","display_name":"Opus 4.5"}}', "Opus 4.5"],
    ['{"session_id":"s","model":{"id":"m"}}', "m"],
    ['{"session_id":"s"}', null],
    ['{"session_id":"s","model":5}', null],
  ])("%s", (text, model) => {
    expect(parseStatusInput(text)).toEqual({ session: "s", model });
  });

  test.each(["", "{", "null", "[]", "{}", '{"session_id":5}', '{"session_id":""}'])(
    "%j is none",
    (text) => {
      expect(parseStatusInput(text)).toBeNull();
    },
  );
});

test("the line tells model, session, today and the window with its time left", () => {
  const facts = { session: 0.123, today: 3.4, block: { cost: 1.2, leftMs: 133 * MINUTE } };
  expect(statusText({ session: "s", model: "Opus\u001b[31m 4.5" }, facts)).toBe(
    "Opus [31m 4.5 · $0.12 session · $3.40 today · $1.20 block (2h 13m left)",
  );
  expect(statusText({ session: "s", model: null }, { ...facts, block: null })).toBe(
    "$0.12 session · $3.40 today",
  );
});

function run(home: TestHome, input: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DUOLOG, "statusline"], {
    env: home.env,
    input,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const INPUT = '{"session_id":"s","model":{"display_name":"Opus 4.5"}}';
const EMPTY = { status: 0, stdout: "\n", stderr: "" };

test("starts no daemon: an empty line where none runs, and where the input is none", async () => {
  await using home = new TestHome();
  expect(run(home, INPUT)).toEqual(EMPTY);
  expect(await home.json(["status"])).toMatchObject({ running: false });
  expect(run(home, "no input of Claude Code's")).toEqual(EMPTY);
});

test("tells what the record knows", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client();
  const [createdAt, source] = [Date.now(), "claude-code"] as const;
  await rpc.upsertSession({ id: "s", source, createdAt });
  const answer = { source, role: "assistant", promptTokens: 1, createdAt } as const;
  await rpc.upsertMessage({ ...answer, id: "a", sessionId: "s", cost: 1.5 });
  await rpc.upsertMessage({ ...answer, id: "b", sessionId: "other", cost: 2 });
  await rpc.close();
  const { stdout } = run(home, INPUT);
  // The window begins at this full hour, so that between four hours and five are left.
  expect(stdout).toMatch(
    /^Opus 4\.5 · \$1\.50 session · \$3\.50 today · \$3\.50 block \([45]h \d+m left\)\n$/,
  );
});
