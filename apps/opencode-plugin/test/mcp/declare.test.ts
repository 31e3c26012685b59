import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths, writeRuntime } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { declareIn, declareTo } from "../../src/mcp/declare.ts";
import { serverOf } from "../../src/mcp/server.ts";

let root: string;
const paths = () => dataPaths(join(root, "data"));
const cli = () => join(root, "duolog.js");

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "duolog-declare-"));
  mkdirSync(paths().root, { mode: 0o700 });
  writeFileSync(cli(), "");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const running = (more: object) => {
  const { socket } = paths();
  const node = process.execPath;
  writeRuntime(paths(), { node, daemon: cli(), version: "1", socket, ...more });
};
const settings = (text: string) => writeFileSync(paths().config, text, { mode: 0o600 });
const server = () => ({
  type: "local",
  command: [process.execPath, cli(), "mcp", "--agent", "opencode"],
  environment: { DUOLOG_DATA_DIR: paths().root },
});

describe("what is declared", () => {
  test("runtime.json names the command: that script, for this data", () => {
    running({ cli: cli() });
    expect(serverOf(paths(), null)).toEqual(server());
    const { command } = serverOf(paths(), "/w/app") ?? {};
    expect(command?.slice(5)).toEqual(["--directory", "/w/app"]);
  });

  test.each([
    ["no runtime.json", () => {}],
    ["one from before the agents could ask", () => running({})],
    ["a command that is gone", () => running({ cli: join(root, "gone.js") })],
    ["a node that is gone", () => running({ cli: cli(), node: join(root, "gone") })],
    ["one that is no JSON", () => writeFileSync(paths().runtime, "{")],
    [
      "it is switched off",
      () => {
        running({ cli: cli() });
        settings('{ "mcp": { "opencode": false } } // mine');
      },
    ],
  ])("nothing: %s", (_, prepare) => {
    prepare();
    expect(serverOf(paths(), null)).toBeNull();
  });

  test.each(["{}", '{"mcp": null}', '{"mcp": {"claudeCode": false}}', "{", "[]", "null"])(
    "settings that do not switch it off: %s",
    (text) => {
      running({ cli: cli() });
      settings(text);
      expect(serverOf(paths(), null)).toEqual(server());
    },
  );
});

describe("OpenCode 1's configuration", () => {
  const own = { type: "local", command: ["a"], environment: {} } as const;

  test("the server is added beside others", () => {
    const config = { model: "m", mcp: { other: { type: "remote" } } };
    declareIn(config, () => own);
    expect(config).toEqual({
      model: "m",
      mcp: { other: { type: "remote" }, duolog: { ...own, enabled: true } },
    });
    const empty = {};
    declareIn(empty, () => own);
    expect(empty).toEqual({ mcp: { duolog: { ...own, enabled: true } } });
  });

  test.each([
    [{ mcp: { duolog: { type: "local", command: ["mine"], enabled: false } } }],
    [{ mcp: "odd" }],
    [{ mcp: [] }],
    [null],
    [undefined],
    ["odd"],
  ])("stays as it is: %j", (config) => {
    const before = structuredClone(config);
    declareIn(config, () => own);
    expect(config).toEqual(before);
  });

  test("nothing that goes wrong reaches OpenCode", () => {
    const config = Object.freeze({ mcp: Object.freeze({}) });
    expect(() => declareIn(config, () => own)).not.toThrow();
    const fails = () => {
      throw new Error("no home");
    };
    expect(() => declareIn({}, fails)).not.toThrow();
    expect(() => declareTo({ mcp: { transform() {} } }, fails)).not.toThrow();
  });
});

describe("OpenCode 2's setup", () => {
  const at = (directory: string | null) =>
    ({ type: "local", command: [`${directory}`], environment: {} }) as const;
  /** As `ctx.mcp` of version 2 works, with these servers. */
  const context = (servers: Map<string, unknown>) => ({
    location: { directory: "/w/app" },
    mcp: {
      transform: async (change: (editor: Map<string, unknown>) => void) => change(servers),
    },
  });

  test("the server is added, for the location's directory", () => {
    const servers = new Map<string, unknown>();
    declareTo(context(servers), at);
    expect([...servers]).toEqual([["duolog", at("/w/app")]]);
  });

  test("one of the user's own stays", () => {
    const servers = new Map<string, unknown>([["duolog", "mine"]]);
    declareTo(context(servers), at);
    expect([...servers]).toEqual([["duolog", "mine"]]);
  });

  test.each([[{}], [null], [{ mcp: {} }], [{ mcp: { transform: 1 } }], ["odd"]])(
    "a host that offers none, such as version 1's preview of it: %j",
    (host) => {
      expect(() => declareTo(host, () => expect.unreachable())).not.toThrow();
    },
  );

  test("a rejection is nobody's", async () => {
    const transform = () => Promise.reject(new Error("the scope is closed"));
    declareTo({ mcp: { transform } }, at);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
