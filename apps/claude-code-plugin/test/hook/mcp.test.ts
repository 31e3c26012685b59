import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataPaths, writeRuntime } from "@duolog/client/local";
import { describe, expect, test } from "vitest";
import { home, path, told, useHome } from "./hookRun.ts";

const MCP = fileURLToPath(new URL("../../hooks/mcp.sh", import.meta.url));
const SHELLS = ["dash", "bash"].filter((shell) => spawnSync("which", [shell]).status === 0);

useHome();

/** Tells what it was started with. */
const CLI = `
  const { DUOLOG_DATA_DIR, DUOLOG_MCP_HEARD, DUOLOG_MCP_NEXT } = process.env;
  const told = [process.argv.slice(2), DUOLOG_DATA_DIR, DUOLOG_MCP_HEARD, DUOLOG_MCP_NEXT];
  process.stdin.setEncoding("utf8").on("data", (text) => told.push(text));
  process.stdin.on("end", () => process.stdout.write(JSON.stringify(told)));
`;

const paths = () => dataPaths(join(home, "data dir"));

function running(more: object = {}): void {
  mkdirSync(paths().root, { mode: 0o700 });
  const cli = join(home, "duolog.mjs");
  writeFileSync(cli, CLI);
  const { socket } = paths();
  writeRuntime(paths(), {
    node: process.execPath,
    daemon: cli,
    version: "1",
    socket,
    cli,
    ...more,
  });
}

/** What the build lays beside the command. */
function built(): void {
  mkdirSync(join(home, "bin"), { recursive: true });
  mkdirSync(join(home, "dist"), { recursive: true });
  const cli = join(home, "bin", "duolog.mjs");
  writeFileSync(cli, CLI);
  const { socket } = paths();
  writeRuntime(paths(), { node: process.execPath, daemon: cli, version: "1", socket, cli });
  const known = { protocolVersion: "2025-11-25", capabilities: { tools: {} } };
  writeFileSync(join(home, "dist", "mcpInitialize.json"), `${JSON.stringify(known)}\n`);
  writeFileSync(
    join(home, "dist", "mcpTools.json"),
    `${JSON.stringify({ tools: [{ name: "sea\\rch" }] })}\n`,
  );
}

function start(shell: string, input = "", env: Record<string, string> = {}) {
  const own = { HOME: home, PATH: path(null), DUOLOG_DATA_DIR: paths().root, ...env };
  const which = spawnSync("which", [shell], { encoding: "utf8" }).stdout.trim();
  return told(spawnSync(which, [MCP], { env: own, input, encoding: "utf8", timeout: 10_000 }));
}

/** What Claude Code 2.1.332 says to a server first, and what any may say. */
const ASKED = [
  '{"jsonrpc":"2.0","id":"server-discover-probe-1","method":"server/discover","params":{"_meta":{}}}',
  '{"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"claude-code","version":"2.1.332"}},"jsonrpc":"2.0","id":0}',
  '{"jsonrpc":"2.0","method":"notifications/initialized"}',
  '{"method":"ping","jsonrpc":"2.0","id":12}',
  "no JSON at all",
].join("\n");

describe.each(SHELLS)("mcp.sh in %s", (shell) => {
  test("becomes the command that runtime.json names, for this data", () => {
    running();
    const { stdout, status, stderr } = start(shell);
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual([["mcp", "--agent", "claude-code"], paths().root, "", ""]);
  });

  test("says what the command has, as that was built, and becomes it once it is asked for more", () => {
    running();
    built();
    const [discover, initialize, initialized, ping] = ASKED.split("\n") as [string, ...string[]];
    const list = '{"method":"tools/list","jsonrpc":"2.0","id":1}';
    const call =
      '{"method":"tools/call","params":{"arguments":{"words":"\\"method\\":\\"ping\\" \\\\ é"}},"jsonrpc":"2.0","id":2}';
    const lines = [discover, initialize, initialized, list, ping, call, "and the rest", ""].join(
      "\n",
    );
    const { stdout, status, stderr } = start(shell, lines);
    expect([status, stderr]).toEqual([0, ""]);
    const said = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said.slice(0, 4)).toEqual([
      {
        jsonrpc: "2.0",
        id: "server-discover-probe-1",
        error: { code: -32601, message: "Method not found" },
      },
      {
        jsonrpc: "2.0",
        id: 0,
        result: { protocolVersion: "2025-11-25", capabilities: { tools: {} } },
      },
      { jsonrpc: "2.0", id: 1, result: { tools: [{ name: "sea\\rch" }] } },
      { jsonrpc: "2.0", id: 12, result: {} },
    ]);
    const heard = `${initialize}\n${initialized}`;
    expect(said[4].slice(2)).toEqual([heard, call, "and the rest\n"]);
  });

  test.each([
    [
      "another revision",
      '{"method":"initialize","params":{"protocolVersion":"2027-01-01"},"jsonrpc":"2.0","id":0}',
    ],
    ["another method", '{"method":"prompts/list","jsonrpc":"2.0","id":0}'],
    ["no JSON", "x"],
  ])("becomes it at %s", (_, line) => {
    running();
    built();
    expect(JSON.parse(start(shell, `${line}\n`).stdout).slice(2)).toEqual(["", line]);
  });

  test("becomes it at once where there are settings", () => {
    running();
    built();
    writeFileSync(paths().config, "{}", { mode: 0o600 });
    expect(JSON.parse(start(shell, ASKED).stdout).slice(2)).toEqual(["", "", ASKED]);
  });

  test.each([
    ["no runtime.json", () => {}],
    ["one from before the agents could ask", () => running({ cli: undefined })],
    ["a command that is gone", () => running({ cli: "/gone/duolog.js" })],
    ["no node", () => running({ node: "/gone/node" })],
    [
      "a data directory that is a link",
      () => {
        running();
        symlinkSync(paths().root, join(home, "link"));
      },
      "link",
    ],
  ])("is a server without tools: %s", (_, prepare, place = "data dir") => {
    prepare();
    const { stdout, status, stderr } = start(shell, ASKED, { DUOLOG_DATA_DIR: join(home, place) });
    expect([status, stderr]).toEqual([0, ""]);
    const said = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said.map(({ id }) => id)).toEqual(["server-discover-probe-1", 0, 12]);
    expect(said[0].error.code).toBe(-32601);
    expect(said[1].result.capabilities).toEqual({});
    expect(said[2].result).toEqual({});
  });
});

test("the plugin declares it", () => {
  const file = fileURLToPath(new URL("../../.mcp.json", import.meta.url));
  const { mcpServers } = JSON.parse(readFileSync(file, "utf8"));
  const { command, args } = mcpServers.duolog;
  expect([command, args]).toEqual(["sh", [`\${CLAUDE_PLUGIN_ROOT}/hooks/mcp.sh`]]);
  expect(existsSync(MCP)).toBe(true);
});
