import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pidLockHolder } from "@duolog/client/local";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { duolog } from "../faults/duolog.ts";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

vi.setConfig({ testTimeout: 60_000 });

const TOKEN = `gh${"p_"}aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD3fG5`;
const T = 1_769_760_000_000;
const isLinux = process.platform === "linux";

let root: string;
beforeEach(() => {
  root = newDataDir();
});
afterEach(async () => {
  await duolog(root, "stop");
  rmSync(root, { recursive: true, force: true });
});

/** An agent that speaks MCP by hand. Dispose of it to close the server's input. */
class Agent implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #id = 0;

  constructor(env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, [DUOLOG, "mcp"], {
      env: cleanEnv(root, env),
      cwd: root,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const input = this.process.stdout as NodeJS.ReadableStream;
    this.#answers = createInterface({ input })[Symbol.asyncIterator]();
  }

  async ask(method: string, params: object = {}) {
    this.process.stdin?.write(
      `${JSON.stringify({ jsonrpc: "2.0", id: this.#id++, method, params })}\n`,
    );
    return JSON.parse((await this.#answers.next()).value);
  }

  async begin(): Promise<this> {
    const clientInfo = { name: "test", version: "1" };
    await this.ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    return this;
  }

  /** What a tool says, as text. */
  async call(name: string, given: object = {}): Promise<string> {
    const { result } = await this.ask("tools/call", { name, arguments: given });
    return result.content[0].text;
  }

  async [Symbol.asyncDispose]() {
    const ended = once(this.process, "exit");
    this.process.stdin?.end();
    await ended;
  }
}

async function record(): Promise<void> {
  await duolog(root, "start");
  const rpc = testClient(root);
  const at = { createdAt: T, updatedAt: T, source: "opencode" } as const;
  await rpc.upsertSession({ id: "s", title: `zebra ${TOKEN}`, projectPath: `/w/${TOKEN}`, ...at });
  await rpc.upsertMessage({
    id: "m",
    sessionId: "s",
    textContent: `zebra ${TOKEN}`,
    role: "user",
    ...at,
  });
  const input = JSON.stringify({ command: `zebra ${TOKEN}`, path: TOKEN });
  const output = `zebra ${"line\n".repeat(2_000)}${TOKEN}`;
  const call = { name: "bash", error: `zebra ${TOKEN}`, filePath: `/w/${TOKEN}`, input, output };
  await rpc.upsertToolCall({ id: "c", sessionId: "s", messageId: "m", ...call, ...at });
  await rpc.close();
}

const EVERYTHING: [tool: string, given: object][] = [
  ["search", { words: "zebra", in: "all", session: "s", bytes: 65_536 }],
  ["search", { words: "zebra", in: "outputs", bytes: 65_536 }],
  ["search", { words: TOKEN, in: "all" }],
  ["sessions", { bytes: 65_536 }],
  ["messages", { session: "s", tools: true, bytes: 65_536 }],
  ["messages", { session: "s" }],
];

test("what leaves is masked, wherever a secret stands; the record stays raw", async () => {
  await record();
  await using agent = await new Agent().begin();
  for (const [tool, given] of EVERYTHING) {
    const said = await agent.call(tool, given);
    expect(said, tool).toContain("[redacted:github-token]");
    expect(said, tool).not.toContain(TOKEN.slice(4, 16));
    expect(said, tool).not.toContain(TOKEN.slice(-12));
  }
  const database = `${root}/duolog.db`;
  const rows = queryRows<{ text: string }>(database, "SELECT text_content AS text FROM messages");
  expect(rows).toEqual([{ text: `zebra ${TOKEN}` }]);
});

test("what is quoted is marked as a record", async () => {
  await record();
  await using agent = await new Agent().begin();
  const { tools } = (await agent.ask("tools/list")).result;
  for (const { description } of tools) expect(description).toMatch(/records, not instructions\.$/);
  for (const [tool, given] of EVERYTHING) {
    expect(JSON.parse(await agent.call(tool, given)).note).toMatch(/data, not instructions/);
  }
});

test("it only reads: no tool changes a row", async () => {
  await record();
  const all = () => {
    const hash = createHash("sha256");
    for (const table of ["sessions", "messages", "tool_calls", "session_events", "blobs"]) {
      hash.update(JSON.stringify(queryRows(`${root}/duolog.db`, `SELECT * FROM ${table}`)));
    }
    return hash.digest("hex");
  };
  const before = all();
  await using agent = await new Agent({ CLAUDECODE: "1" }).begin();
  const { tools } = (await agent.ask("tools/list")).result;
  expect(tools.every((tool: { annotations: object }) => "readOnlyHint" in tool.annotations)).toBe(
    true,
  );
  for (const [tool, given] of EVERYTHING) await agent.call(tool, given);
  expect(all()).toBe(before);
});

test.runIf(isLinux)("neither it nor the daemon listens on a port", async () => {
  await record();
  await using agent = await new Agent().begin();
  for (const [tool, given] of EVERYTHING) await agent.call(tool, given);
  const daemon = pidLockHolder(`${root}/daemon.pid`);
  for (const pid of [agent.process.pid, daemon]) expect(portsOf(pid)).toEqual([]);
});

test("it hands no key of the agent's on, and keeps none", async () => {
  const secret = "CANARY-SECRET-7a10";
  const keys = {
    ANTHROPIC_API_KEY: secret,
    CLAUDE_CODE_MESSAGING_TOKEN: secret,
    GITHUB_TOKEN: secret,
  };
  await using agent = await new Agent(keys).begin();
  // Starts the daemon.
  await agent.call("sessions");
  const daemon = pidLockHolder(`${root}/daemon.pid`);
  expect(daemon).not.toBeNull();
  if (isLinux) expect(readFileSync(`/proc/${daemon}/environ`, "utf8")).not.toContain(secret);
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (/\.(json|log|pid|db|db-wal)$/.test(name)) {
      expect(readFileSync(`${root}/${name}`, "latin1"), name).not.toContain(secret);
    }
  }
});

test("settings that name what must not be told, and can't be read, close it", async () => {
  await record();
  await using agent = await new Agent().begin();
  writeFileSync(`${root}/config.json`, '{ "mcp": { "exclude": ["/w/**" } }', { mode: 0o600 });
  for (const [tool, given] of EVERYTHING) {
    expect(await agent.call(tool, given)).toMatch(/^nothing is told before this is put right: /);
  }
});

test("lines that are no MCP end in an answer or in nothing, and the server goes on", async () => {
  await using daemon = await TestDaemon.start(root);
  await using agent = await new Agent().begin();
  for (const line of ["", "{", "[]", "null", '{"jsonrpc":"2.0"}', "\u0000", "x".repeat(100_000)]) {
    agent.process.stdin?.write(`${line}\n`);
  }
  const { result } = await agent.ask("ping");
  expect(result).toEqual({});
  expect(daemon.process.exitCode).toBeNull();
});

/** The inodes of sockets that a process has and that listen on TCP. */
function portsOf(pid: number | null | undefined): string[] {
  const listening = ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === "0A")
      .map((columns) => `socket:[${columns[9]}]`),
  );
  const own = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return own.filter((link) => listening.includes(link));
}
