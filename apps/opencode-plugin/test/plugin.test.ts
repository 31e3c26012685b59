import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { countRejected, dataPaths, listSegments, readSegment } from "@duolog/client/local";
import { PROTOCOL_VERSION } from "@duolog/contract";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

const PACKAGE = new URL("../", import.meta.url);
const PLUGIN = new URL("dist/plugin.js", PACKAGE).href;
const PLUGIN2 = new URL("dist/plugin2.js", PACKAGE).href;
const RECORDING = fileURLToPath(new URL("../../test/fixtures/opencode/01-hello.jsonl", PACKAGE));

/** The start of each script: an OpenCode of a few lines. */
const HOST = `
  import { readFileSync } from "node:fs";
  const { default: plugin } = await import(${JSON.stringify(PLUGIN)});
  const lines = readFileSync(${JSON.stringify(RECORDING)}, "utf8").trim().split("\\n");
  const events = lines.map((line) => JSON.parse(line).event).filter(Boolean);
`;

let root: string;
beforeAll(() =>
  promisify(execFile)(process.execPath, [fileURLToPath(new URL("build.mjs", PACKAGE))]),
);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "duolog-opencode-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const dataDir = () => join(root, "data");

/** Runs a script in a Node process of its own that finds no daemon and no \`duolog\`. */
async function runHost(script: string): Promise<{ stdout: string; stderr: string; ended: string }> {
  const file = join(root, "host.mjs");
  writeFileSync(file, HOST + script);
  const env = { HOME: root, PATH: root, DUOLOG_DATA_DIR: dataDir() };
  const child = spawn(process.execPath, [file], {
    env,
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ ...said, ended: String(signal ?? code) }));
  });
}

/** A run that says nothing and ends by itself. */
const SILENT = { stdout: "", stderr: "", ended: "0" };

/** What is spooled, in order. */
function spooled() {
  return listSegments(dataPaths(dataDir()))
    .flatMap((file) => [...readSegment(file)])
    .flatMap((line) => ("entry" in line ? [line.entry] : []));
}

describe.each([PLUGIN, PLUGIN2])("%s", (file) => {
  const code = () => readFileSync(new URL(file), "utf8");

  test("holds nothing of the store's reader", () => {
    expect(code()).not.toMatch(/libsql|sqlite/i);
  });

  test("needs nothing but Node and ws, of OpenCode's least", () => {
    const imported = [...code().matchAll(/^import .*?from "([^"]+)"|import\("([^"]+)"\)/gm)];
    const names = imported.map(([, from, dynamic]) => from ?? dynamic);
    expect(names.filter((name) => name !== "ws" && !name?.startsWith("node:"))).toEqual([]);
    expect(code()).not.toMatch(/@opencode/);
  });
});

test("version 1 gets one export, a function", async () => {
  const module = (await import(PLUGIN)) as Record<string, unknown>;
  expect(Object.entries(module).map(([name, value]) => [name, typeof value])).toEqual([
    ["default", "function"],
  ]);
});

test("version 1 finds the file by the folder's package.json", () => {
  const manifest = JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8")) as {
    exports: Record<string, { default: string }>;
    main: string;
  };
  const entries = [
    manifest.main,
    ...[".", "./server"].map((name) => manifest.exports[name]?.default),
  ];
  for (const entry of entries) expect(new URL(entry ?? "", PACKAGE).href).toBe(PLUGIN);
});

test.each(["server.js", "index.js"])(
  "version 2 gets one export of %s, a plain object",
  async (name) => {
    const module = (await import(new URL(name, PACKAGE).href)) as Record<string, unknown>;
    expect(Object.keys(module)).toEqual(["default"]);
    expect(module.default).toEqual({ id: "duolog", setup: expect.any(Function) });
    expect(Object.getPrototypeOf(module.default)).toBe(Object.prototype);
  },
);

test("where version 1 calls version 2's setup, nothing is done", async () => {
  const { stdout, ended } = await runHost(`
    const { default: preview } = await import(${JSON.stringify(PLUGIN2)});
    process.stdout.write(String(preview.setup({ options: {}, agent: {}, plugin: {} })));
  `);
  expect({ stdout, ended, made: existsSync(dataDir()) }).toEqual({
    stdout: "undefined",
    ended: "0",
    made: false,
  });
});

test("init touches nothing on disk, and inits of one process share their hooks", async () => {
  const { stdout, ended } = await runHost(`
    const [first, second] = await Promise.all([plugin({}), plugin(undefined)]);
    process.stdout.write(String(first === second));
  `);
  expect({ stdout, ended, made: existsSync(dataDir()) }).toEqual({
    stdout: "true",
    ended: "0",
    made: false,
  });
});

test("a whole run is spooled without a word, and the process ends by itself", async () => {
  const ran = await runHost(`
    const hooks = await plugin({ client: {}, directory: "/w" });
    for (const event of events) hooks.event({ event });
    await hooks.dispose();
  `);
  expect(ran).toEqual({ stdout: "", stderr: "", ended: "0" });
  const entries = spooled();
  expect(entries[0]?.client).toEqual({
    name: "opencode-plugin",
    version: "0.1.0",
    protocol: PROTOCOL_VERSION,
  });
  const answers = entries.filter(
    ({ record }) => record.data.id === "msg_202f14d88001UHZGInip7uSAjR",
  );
  expect(answers.at(-1)?.record.data).toMatchObject({
    textContent: "Hello from the fake model, request 2.",
    promptTokens: 60,
    completedAt: 1795345699750,
  });
});

test("where the store lies is noted at the start, or with the first record", async () => {
  const noted = () => readFileSync(join(dataDir(), "opencode-stores"), "utf8");
  const recorded = await runHost(`
    const hooks = await plugin({});
    for (const event of events) hooks.event({ event });
    await hooks.dispose();
  `);
  const place = `${join(root, ".local", "share", "opencode")}\n`;
  expect({ ...recorded, noted: noted() }).toEqual({ ...SILENT, noted: place });
  rmSync(join(dataDir(), "opencode-stores"));
  expect(await runHost("await plugin({}); await plugin({});")).toEqual(SILENT);
  expect(noted()).toBe(place);
});

test("what was told before a SIGKILL is on disk", async () => {
  const ran = await runHost(`
    const hooks = await plugin({});
    for (const event of events) {
      hooks.event({ event });
      if (event.properties.part?.text === "hello") process.kill(process.pid, "SIGKILL");
    }
  `);
  expect(ran).toEqual({ stdout: "", stderr: "", ended: "SIGKILL" });
  expect(spooled().at(-1)?.record).toMatchObject({
    kind: "message",
    data: { textContent: "hello" },
  });
});

test("garbage is put aside without a word", async () => {
  const ran = await runHost(`
    const hooks = await plugin({});
    for (const input of [undefined, null, 7, {}, { event: {} }, { event: { type: "session.idle" } }]) {
      await hooks.event(input);
    }
    await hooks.dispose();
  `);
  expect(ran).toEqual({ stdout: "", stderr: "", ended: "0" });
  expect(spooled()).toEqual([]);
  expect(countRejected(dataPaths(dataDir()))).toBeGreaterThan(0);
});

test("a data directory that can't be had is never felt", async () => {
  writeFileSync(dataDir(), "a file in its place");
  const ran = await runHost(`
    const hooks = await plugin({});
    for (const event of events) hooks.event({ event });
    await hooks.dispose();
  `);
  expect(ran).toEqual({ stdout: "", stderr: "", ended: "0" });
});
