import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { answerLine, appendLines, promptLine } from "../claudeHome.ts";
import { TestHome } from "../duolog.ts";
import { HAS_SCRIPT, inTerminal } from "../inTerminal.ts";

vi.setConfig({ testTimeout: 60_000 });

const T = 1_769_760_000_000;
const CLAUDE = "0f3b1c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
/** Begins what colours. */
const CSI = "\u001b[";

/** A session of Claude Code's and three of OpenCode's: one with a sub-agent and a fork. */
async function fill(home: TestHome): Promise<void> {
  await home.run(["start"]);
  const rpc = home.client("duolog-test");
  const claude = { source: "claude-code", projectPath: "/w/app", projectName: "app" } as const;
  const web = { source: "opencode", projectPath: "/w/web", projectName: "web" } as const;
  const at = (n: number) => ({ createdAt: T + n, updatedAt: T + n });
  const said = { sessionId: CLAUDE, role: "user" };
  const called = { sessionId: CLAUDE, name: "Bash", kind: "shell" };
  const acks = [
    await rpc.upsertSession({ id: CLAUDE, title: "First", ...claude, ...at(0) }),
    await rpc.upsertSession({ id: "ses_b1", title: "Second", ...web, ...at(1) }),
    await rpc.upsertSession({ id: "ses_b2", title: "Look", parentId: "ses_b1", ...web, ...at(3) }),
    await rpc.upsertSession({
      ...{ id: "ses_b3", title: "Again", forkedFromId: "ses_b1" },
      ...{ ...web, ...at(2) },
    }),
    await rpc.upsertMessage({ id: "m1", textContent: "Begin", ...said, ...at(0) }),
    await rpc.upsertMessage({ id: "m2", textContent: "Go on", ...said, ...at(1) }),
    await rpc.upsertToolCall({
      ...{ id: "c1", messageId: "m1", status: "error", durationMs: 3, input: '{"command":"make"}' },
      ...{ ...called, ...at(0) },
    }),
    await rpc.upsertToolCall({
      ...{ id: "c2", messageId: "m2", status: "success", durationMs: 1_500 },
      ...{ ...called, ...at(1) },
    }),
  ];
  await rpc.close();
  expect(acks).toEqual(acks.map(() => ({ status: "stored", changed: true })));
}

test("show finds a session by the beginning of its id and as the last one, and begins at a message", async () => {
  await using home = new TestHome();
  await fill(home);
  const idOf = async (...args: string[]) => (await home.json(["show", ...args])).session.id;
  expect(await idOf("0f3b")).toBe(CLAUDE);
  // A sub-agent's session, which was written to later, is not the one that a person means.
  expect(await idOf("last")).toBe("ses_b3");
  expect(await idOf("last", "--source", "claude-code")).toBe(CLAUDE);
  expect(await idOf("last", "--project", "/w/app")).toBe(CLAUDE);

  const several = await home.run(["show", "ses_b"]);
  expect(several).toMatchObject({ code: 1, stdout: "" });
  const [first, ...candidates] = several.stderr.trimEnd().split("\n");
  expect(first).toBe("duolog: ses_b begins the ids of several sessions:");
  const ids = candidates.map((line) => line.trim().split(/\s+/)[0]);
  expect(ids).toEqual(["ses_b2", "ses_b3", "ses_b1"]);
  expect(await home.run(["show", "last", "--project", "none"])).toMatchObject({
    code: 1,
    stderr: "duolog: there is no such session; `duolog sessions` lists them\n",
  });

  expect((await home.run(["show", CLAUDE])).stdout).toContain("Begin");
  const { stdout } = await home.run(["show", CLAUDE, "--at", "m2"]);
  expect(stdout).not.toContain("Begin");
  expect(stdout).toContain("… what was before is left out\n\n── user");
  expect(stdout).toContain("Go on");
  expect((await home.run(["show", CLAUDE, "--at", "c1"])).stdout).toContain("Begin");
  expect(await home.run(["show", CLAUDE, "--at", "m"])).toMatchObject({
    code: 1,
    stderr: "duolog: m begins the ids of 2 messages or calls:\n  m1\n  m2\n",
  });
  const missing = await home.run(["show", CLAUDE, "--at", "x"]);
  expect(missing.stderr).toBe("duolog: there is no message x in this session\n");
});

test("a pipe gets no colour, but where it is asked for", async () => {
  await using home = new TestHome();
  await fill(home);
  expect((await home.run(["show", CLAUDE])).stdout).not.toContain(CSI);
  home.env.FORCE_COLOR = "1";
  expect((await home.run(["show", CLAUDE])).stdout).toContain(`${CSI}31m✗ `);
});

test("sessions --tree puts sub-agents and forks below their session", async () => {
  await using home = new TestHome();
  await fill(home);
  const { stdout } = await home.run(["sessions", "--tree", "--source", "opencode"]);
  const titles = stdout.trimEnd().split("\n").slice(1);
  expect(titles.map((line) => line.split(/ web {2,}/)[1]?.replace(/ {2,}/, " | "))).toEqual([
    "Second | ses_b1",
    "├ Look | ses_b2",
    "└ fork: Again | ses_b3",
  ]);
  const { nodes, complete } = await home.json(["sessions", "--tree", "--session", "ses_b2"]);
  expect(complete).toBe(true);
  expect(nodes).toHaveLength(1);
  expect(nodes[0]).toMatchObject({ kind: "session", session: { id: "ses_b1" } });
});

test("tools tells how each tool's calls ended and how long they took", async () => {
  await using home = new TestHome();
  await fill(home);
  // The median of 3 and 1,500 ms.
  expect((await home.run(["tools"])).stdout).toBe(
    "TOOL  CALLS  FAILED  DENIED  INTERRUPTED  MEDIAN  LONGEST\n" +
      "Bash  2      1       0       0            752 ms  1.5 s\n",
  );
  const none = { tools: [], complete: true };
  expect(await home.json(["tools", "--until", "2026-01-28"])).toEqual(none);
  expect((await home.run(["tools", "--source", "opencode"])).stdout).toBe("no tool calls\n");
});

test("files tells which files were touched last, and by which calls", async () => {
  await using home = new TestHome();
  await fill(home);
  const rpc = home.client("duolog-test");
  const touched = (id: string, n: number, kind: string, filePath: string) =>
    rpc.upsertToolCall({
      ...{ id, sessionId: CLAUDE, name: kind, kind, filePath, status: "success" },
      ...{ createdAt: T + n, updatedAt: T + n },
    });
  await touched("f1", 0, "read", "/w/app/a.ts");
  await touched("f2", 60_000, "edit", "/w/app/a.ts");
  await touched("f3", 120_000, "write", join(process.cwd(), "here.ts"));
  await rpc.close();

  const { files, complete } = await home.json(["files"]);
  expect(complete).toBe(true);
  expect(
    files.map(({ path, reads, changes }: Record<string, unknown>) => [path, reads, changes]),
  ).toEqual([
    [join(process.cwd(), "here.ts"), 0, 1],
    ["/w/app/a.ts", 1, 1],
  ]);
  const idsOf = async (...args: string[]) =>
    (await home.json(["files", ...args])).calls.map(
      (call: { toolCallId: string }) => call.toolCallId,
    );
  expect(await idsOf("/w/app")).toEqual(["f2", "f1"]);
  expect(await idsOf("app/a.ts", "-n", "1")).toEqual(["f2"]);
  // The command runs where the tests do.
  expect(await idsOf("here.ts")).toEqual(["f3"]);
  expect(await idsOf(".")).toEqual(["f3"]);
  const { stdout } = await home.run(["files", "a.ts"]);
  expect(stdout).toMatch(/\n\S+ \S+ +edit +edit +\/w\/app\/a\.ts +0f3b1c2d-\S+ +First +f2\n/);
  expect((await home.run(["files", "/none"])).stdout).toBe("no call touched it\n");
  expect(await home.run(["files", "--source", "opencode"])).toMatchObject({ code: 1 });
});

test("resume tells the agent's command while the agent has the session, and runs it", async () => {
  await using home = new TestHome();
  const root = home.env.HOME ?? "";
  const directory = join(root, "my garden");
  const lines = [promptLine(CLAUDE, 1), answerLine(CLAUDE, 2)].map((line) =>
    line.replaceAll("/home/ada/garden", directory),
  );
  const transcript = appendLines(home, CLAUDE, lines);
  await home.run(["import", "--claude-code"]);
  expect(await home.run(["resume", "last"])).toEqual({
    code: 1,
    stdout: "",
    stderr: `duolog: session ${CLAUDE} was in ${directory}, which is not there any more\n`,
  });

  mkdirSync(directory);
  const line = `cd '${directory}' && claude --resume ${CLAUDE}`;
  expect(await home.run(["resume", "0f3b"])).toEqual({ code: 0, stdout: `${line}\n`, stderr: "" });
  expect(await home.json(["resume", "last"])).toEqual({
    id: CLAUDE,
    source: "claude-code",
    directory,
    argv: ["claude", "--resume", CLAUDE],
    line,
  });

  const bin = join(root, "bin");
  mkdirSync(bin);
  home.env.PATH = bin;
  const missing = await home.run(["resume", "last", "--exec"]);
  expect(missing).toMatchObject({ code: 1, stdout: "" });
  expect(missing.stderr).toContain("can't start claude");
  writeFileSync(join(bin, "claude"), '#!/bin/sh\npwd\nprintf "%s|" "$@"\nexit 7\n');
  chmodSync(join(bin, "claude"), 0o755);
  expect(await home.run(["resume", "last", "--exec"])).toEqual({
    code: 7,
    stdout: `${directory}\n--resume|${CLAUDE}|`,
    stderr: "",
  });

  rmSync(transcript);
  const gone = `Claude Code has session ${CLAUDE} no more, so it can't go on`;
  expect(await home.run(["resume", "last"])).toEqual({
    code: 1,
    stdout: "",
    stderr: `duolog: ${gone}; \`duolog show ${CLAUDE}\` shows it\n`,
  });
});

test.skipIf(!HAS_SCRIPT)("in a terminal a pager shows a session, which may end early", async () => {
  await using home = new TestHome();
  await fill(home);
  const root = home.env.HOME ?? "";
  const [seen, pager] = [join(root, "seen"), join(root, "pager")];
  writeFileSync(pager, `#!/bin/sh\nprintf '%s|' "$@" > '${seen}'\ncat >> '${seen}'\n`);
  chmodSync(pager, 0o755);
  const asked = ["show", CLAUDE];

  expect(inTerminal(home, { PAGER: `${pager} -a  b` }, asked)).toEqual({ stdout: "", status: 0 });
  const shown = readFileSync(seen, "utf8");
  expect(shown).toMatch(/^-a\|b\|Session/);
  expect(shown).toContain(CSI);
  rmSync(seen);

  // Quits before it has read anything.
  writeFileSync(pager, "#!/bin/sh\nexec 0<&-\necho quit\n");
  expect(inTerminal(home, { PAGER: pager }, asked)).toEqual({ stdout: "quit\r\n", status: 0 });

  for (const PAGER of ["", "cat", join(root, "none")]) {
    const plain = inTerminal(home, { PAGER, NO_COLOR: "1" }, asked);
    expect(plain.status).toBe(0);
    expect(plain.stdout).toContain("Go on");
    expect(plain.stdout).not.toContain(CSI);
  }
  // What is for programs goes past it.
  const json = inTerminal(home, { PAGER: pager }, [...asked, "--json"]);
  expect(json.stdout).toContain('"session"');
  expect(existsSync(seen)).toBe(false);
});
