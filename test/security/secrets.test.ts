import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pidLockHolder, writeRuntime } from "@duolog/client/local";
import { MAX_TEXT, PROTOCOL_VERSION } from "@duolog/contract";
import { expect, test, vi } from "vitest";
import { duolog } from "../faults/duolog.ts";
import { runScript } from "../faults/script.ts";
import { BareSocket } from "../harness/bareSocket.ts";
import { cleanEnv, DUOLOG, TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { ClaudeSeat, filesWith, HOOK, promptLine } from "./agents.ts";

vi.setConfig({ testTimeout: 60_000 });

const SECRET = "CANARY-SECRET-5f2c";
const TEXT = "CANARY-TEXT-9b1d";
const SESSION = "0b5e3f1a-0000-4000-8000-00000000000c";

/** What an agent's environment is full of. */
const AGENT_ENV = {
  ANTHROPIC_API_KEY: SECRET,
  OPENAI_API_KEY: SECRET,
  AWS_SECRET_ACCESS_KEY: SECRET,
  GITHUB_TOKEN: SECRET,
  CLAUDE_CODE_OAUTH_TOKEN: SECRET,
  DUOLOG_TEST_TOKEN: SECRET,
  HTTPS_PROXY: `http://user:${SECRET}@proxy`,
  NODE_OPTIONS: `--title=x${SECRET}`,
  [SECRET]: "as a name",
};

test("nothing of an agent's environment is kept, by client, hook, forwarder or daemon", async () => {
  using seat = new ClaudeSeat();
  const { paths } = seat;
  const { root } = paths;
  writeRuntime(paths, {
    node: process.execPath,
    daemon: DUOLOG,
    version: "0.1.0",
    socket: paths.socket,
  });
  const transcript = join(seat.project, `${SESSION}.jsonl`);
  writeFileSync(transcript, promptLine(SESSION, "u1", "hello"));
  const payload = { hook_event_name: "Stop", session_id: SESSION, transcript_path: transcript };
  const { NODE_OPTIONS: _, ...env } = AGENT_ENV;
  try {
    // The hook starts the forwarder, and that the daemon.
    const hook = spawnSync("sh", [HOOK], {
      env: cleanEnv(root, { ...AGENT_ENV, DUOLOG_FORWARDER_MS: "400,200,5000" }),
      input: JSON.stringify(payload),
      encoding: "utf8",
    });
    expect([hook.status, hook.stdout, hook.stderr]).toEqual([0, "", ""]);
    const ids = () =>
      existsSync(paths.database) && existsSync(paths.socket)
        ? queryRows<{ id: string }>(paths.database, "SELECT id FROM messages ORDER BY id").map(
            (r) => r.id,
          )
        : [];
    await expect.poll(ids, { timeout: 20_000 }).toContain("u1");
    const running = [join(root, "daemon.pid"), join(root, "forwarder.pid")].map(pidLockHolder);
    expect(running.every((pid) => pid !== null)).toBe(true);
    for (const pid of running) {
      if (process.platform !== "linux") continue;
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain(SECRET);
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(SECRET);
    }
    await duolog(root, "stop");
    // The client starts the daemon itself, spools, and has something refused.
    const client = await runScript(
      root,
      `const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
       const acks = [await rpc.upsertMessage({ id: "c1", sessionId: "s" }), await rpc.upsertMessage({ id: "", sessionId: "s" })];
       rpc.reject({ some: "thing" }, "why");
       tell(JSON.stringify(acks.map((ack) => ack.status)));
       await rpc.close();`,
      { env },
    );
    expect(client).toMatchObject({ code: 0, stdout: '["stored","refused"]\n', stderr: "" });
    const daemon = pidLockHolder(join(root, "daemon.pid"));
    if (process.platform === "linux") {
      expect(readFileSync(`/proc/${daemon}/environ`, "utf8")).not.toContain(SECRET);
    }
    await duolog(root, "stop");
    expect(filesWith(root, SECRET)).toEqual([]);
    // And one that is started by hand, with all of it.
    const own = spawn(process.execPath, [DUOLOG, "serve"], {
      env: cleanEnv(root, env),
      stdio: "ignore",
    });
    await expect
      .poll(() => pidLockHolder(join(root, "daemon.pid")), { timeout: 10_000 })
      .toBe(own.pid);
    await expect.poll(() => existsSync(paths.socket)).toBe(true);
    const ended = once(own, "exit");
    own.kill("SIGTERM");
    await ended;
    expect(readdirSync(paths.rejected).length).toBe(2);
    expect(filesWith(root, SECRET)).toEqual([]);
  } finally {
    await duolog(root, "stop");
    const forwarder = pidLockHolder(join(root, "forwarder.pid"));
    if (forwarder !== null) process.kill(forwarder, "SIGKILL");
  }
});

/** A record whose texts are canaries, and what of them the wire refuses. */
const CASES = {
  message: {
    good: { id: "m", sessionId: "s", role: "user", textContent: TEXT, reasoningText: TEXT },
    bad: [
      { textContent: `${TEXT}\0` },
      { textContent: { [TEXT]: TEXT } },
      { textContent: TEXT + "x".repeat(MAX_TEXT) },
      { reasoningText: [TEXT] },
      { reasoningText: `${TEXT}\ud800` },
      { attachments: TEXT },
      { id: TEXT.repeat(100) },
      { id: 7, [TEXT]: TEXT },
      { role: [TEXT] },
      { role: "assistant" },
      { source: TEXT },
      { error: `${TEXT}\ud800` },
      { createdAt: TEXT },
    ],
  },
  toolCall: {
    good: {
      id: "t",
      sessionId: "s",
      source: "opencode",
      input: JSON.stringify({ command: TEXT }),
      output: `${TEXT}\n`.repeat(200),
      error: TEXT,
      filePath: `/home/dev/${TEXT}`,
      data: JSON.stringify({ diff: TEXT }),
    },
    bad: [
      { source: "claude-code" },
      { input: { command: TEXT } },
      { input: `${TEXT}\0` },
      { output: [TEXT] },
      { output: TEXT + "x".repeat(MAX_TEXT) },
      { outputBytes: TEXT },
      { data: `{${TEXT}` },
      { data: { diff: TEXT } },
      { filePath: TEXT.repeat(1_000) },
      { status: [TEXT] },
    ],
  },
  event: {
    good: { id: "e", sessionId: "s", kind: "injected", text: TEXT, data: JSON.stringify([TEXT]) },
    bad: [
      { text: { [TEXT]: TEXT } },
      { text: `${TEXT}\udc00` },
      { data: TEXT },
      { kind: TEXT.repeat(1_000) },
      { toolCallId: [TEXT] },
    ],
  },
} as const;

/** What the daemon answers to all of it, call by call and in a batch. */
async function answersTo(bare: BareSocket, kind: keyof typeof CASES): Promise<string[]> {
  const { good, bad } = CASES[kind];
  const upserts = [good, ...bad.map((one) => ({ ...good, ...one }))];
  const list = { sessionId: "s", cursor: TEXT };
  const records = upserts
    .filter((data) => JSON.stringify(data).length < MAX_TEXT)
    .map((data) => ({ kind, data }));
  const calls = [
    ...upserts.map((data) => ["mutation", `${kind}.upsert`, data] as const),
    ["mutation", `${kind}.none`, good] as const,
    ["query", `${kind}.list`, list] as const,
    ["mutation", "record.ingest", { records }] as const,
  ];
  const answers: string[] = [];
  for (const [method, path, input] of calls) {
    answers.push(JSON.stringify(await bare.call(method, path, input)));
  }
  // The first upsert alone is good.
  const refused = answers.slice(1, upserts.length).filter((answer) => answer.includes('"error"'));
  expect(refused).toHaveLength(bad.length);
  return answers;
}

/** Lines of Claude Code's that hold the text in thinking, a tool's input and its result. */
function toolLines(session: string): string {
  const line = (uuid: string, type: string, message: object, more: object = {}) =>
    `${JSON.stringify({ type, uuid, sessionId: session, timestamp: "2026-11-22T11:00:01.000Z", cwd: "/home/dev/x", message, ...more })}\n`;
  const content = [
    { type: "thinking", thinking: TEXT, signature: "" },
    { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: TEXT } },
  ];
  const result = [{ type: "tool_result", tool_use_id: "toolu_1", content: TEXT }];
  return (
    line("a1", "assistant", { id: "msg_1", role: "assistant", model: "claude-x", content }) +
    line("a2", "user", { role: "user", content: result }, { toolUseResult: { stdout: TEXT } }) +
    // Of shapes that are not known.
    line("a3", "assistant", { id: "msg_2", content: [{ type: "tool_use", id: 7, input: TEXT }] }) +
    line("a4", "user", { content: [{ type: "tool_result", tool_use_id: [TEXT], content: 7 }] })
  );
}

test("texts of messages, tool calls and events reach no log, no error and no list of processes", async () => {
  using seat = new ClaudeSeat();
  await using daemon = await TestDaemon.start(seat.paths.root);
  const { root } = daemon.paths;
  const answers: string[] = [];
  await using bare = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
  for (const kind of ["message", "toolCall", "event"] as const) {
    answers.push(...(await answersTo(bare, kind)));
  }
  // A frame that is no call at all, and ends in the middle of a text.
  bare.socket.send(`{"id":1,"method":"mutation","params":{"input":{"textContent":"${TEXT}`);
  await bare.call("query", "health", undefined);
  expect(answers.filter((text) => text.includes(TEXT))).toEqual([]);

  // The same of Claude's side: broken lines and hooks.
  const transcript = join(seat.project, `${SESSION}.jsonl`);
  writeFileSync(
    transcript,
    `${promptLine(SESSION, "u1", TEXT)}${toolLines(SESSION)}{"type":"user","message":"${TEXT}\n`,
  );
  seat.note({
    hook_event_name: "Stop",
    session_id: SESSION,
    transcript_path: transcript,
    last_assistant_message: TEXT,
  });
  seat.note(`{"prompt":"${TEXT}`);
  expect(await seat.forward({ DUOLOG_FORWARDER_MS: "2500,200,5000" })).toEqual({
    code: 0,
    said: "",
  });
  const told = await Promise.all(
    [["status"], ["status", "--json"], ["sessions", "--json", "-n", "1"]].map((args) =>
      duolog(root, ...args),
    ),
  );
  expect(told.map(({ stderr }) => stderr).join("")).not.toContain(TEXT);
  expect(told[0]?.stdout).not.toContain(TEXT);

  const listed = spawnSync("ps", ["-ewwo", "args"], { encoding: "utf8" });
  expect(listed.stdout).not.toContain(TEXT);
  expect(filesWith(daemon.paths.logs, TEXT)).toEqual([]);
  const kept = /(duolog|search)\.db(-wal|-shm)?$|\/(rejected|forwarder-state|\.claude)\//;
  expect(filesWith(root, TEXT, (file) => kept.test(file))).toEqual([]);
  expect(
    queryRows(daemon.paths.database, "SELECT text_content AS t FROM messages WHERE id = 'u1'"),
  ).toEqual([{ t: TEXT }]);
  expect(
    queryRows(
      daemon.paths.database,
      `SELECT t.output, m.reasoning_text AS thought FROM tool_calls AS t
       JOIN messages AS m ON m.id = t.message_id WHERE t.id = 'toolu_1'`,
    ),
  ).toEqual([{ output: TEXT, thought: TEXT }]);
});
