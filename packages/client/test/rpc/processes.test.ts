import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type DataPaths,
  ensureDataDir,
  isOwnerAlive,
  listSegments,
  writeRuntime,
} from "../../src/local/index.ts";
import { tempData } from "../local/tempData.ts";
import { wholeSegment } from "../local/wholeSegment.ts";
import { bundle, bundleScript } from "./bundle.ts";
import { startTestDaemon } from "./testDaemon.ts";

/** The test runner's PATH may name a `duolog`, which a client would start. */
const NODE_ONLY = dirname(process.execPath);

const daemonSource = fileURLToPath(new URL("./testDaemon.ts", import.meta.url));

const makeClient = (options = "") =>
  `const rpc = createRpcClient({ clientName: "child", clientVersion: "1", ${options} });\n`;

function run(file: string, paths: DataPaths, ...args: string[]): ChildProcess {
  const env = { PATH: NODE_ONLY, DUOLOG_DATA_DIR: paths.root };
  return spawn(process.execPath, [file, ...args], { env });
}

/** Runs to the end; what it printed, on both streams, and how long it took. */
async function finish(child: ChildProcess): Promise<{ code: number; out: string; ms: number }> {
  const from = performance.now();
  let out = "";
  child.stdout?.on("data", (data) => {
    out += data;
  });
  child.stderr?.on("data", (data) => {
    out += data;
  });
  const [code] = await once(child, "close");
  return { code, out, ms: performance.now() - from };
}

async function useTestDaemon(paths: DataPaths): Promise<void> {
  ensureDataDir(paths);
  const { socket } = paths;
  const { file } = await bundle(dirname(paths.root), "daemon", { entryPoints: [daemonSource] });
  writeRuntime(paths, { node: process.execPath, daemon: file, version: "1", socket });
}

function lines(paths: DataPaths, name: string): string[] {
  const file = join(paths.root, name);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

function killDaemons(paths: DataPaths): void {
  for (const pid of lines(paths, "starts")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // Gone already.
    }
  }
}

describe("the bundle", () => {
  test("holds no zod, server, router or Prisma code", async () => {
    using data = tempData();
    const { inputs, bytes } = await bundleScript(dirname(data.paths.root), "size", makeClient());
    const inside = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const names = inside.map(([name]) => name);
    expect(names.some((name) => name.includes("node_modules/ws/"))).toBe(true);
    expect(names.filter((name) => /zod|prisma|contract\/dist\/server/i.test(name))).toEqual([]);
    // Of @trpc/server only what its client shares with it.
    const server = inside.filter(([name]) => name.includes("@trpc/server"));
    expect(server.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)).toBeLessThan(
      20_000,
    );
    expect(bytes).toBeLessThan(160_000);
  });

  test.each([
    [
      "an awaited upsert without close",
      "const ack = await rpc.upsertSession({ id: 'a' }); console.log(ack.status);",
      "stored\n",
    ],
    [
      "an upsert whose promise is dropped",
      "rpc.upsertSession({ id: 'a' }).then((ack) => console.log(ack.status));",
      "stored\n",
    ],
    ["health", "console.log(typeof (await rpc.health()).pid);", "number\n"],
    [
      "ingest",
      "console.log((await rpc.ingest([{ kind: 'session', data: { id: 'a' } }])).status);",
      "answered\n",
    ],
    [
      "a record and close",
      "rpc.record({ kind: 'session', data: { id: 'a' } }); await rpc.close();",
      "",
    ],
    ["nothing", "", ""],
  ])("with a daemon, %s: answered, and the process ends soon", async (_name, script, out) => {
    using data = tempData();
    await using _daemon = await startTestDaemon(data.paths.root);
    const { file } = await bundleScript(dirname(data.paths.root), "s", makeClient() + script);
    const result = await finish(run(file, data.paths));
    expect(result).toMatchObject({ code: 0, out });
    // An open connection would hold it for 30 s, a deadline for 5.
    expect(result.ms).toBeLessThan(4_000);
    expect(readdirSync(data.paths.spool)).toEqual([]);
  });

  test.each([
    ["no daemon", false],
    ["a hung daemon", true],
  ])("with %s: a record is kept, nothing printed, the process ends soon", async (_name, hang) => {
    using data = tempData();
    await using _daemon = hang ? await startTestDaemon(data.paths.root, { hang }) : null;
    const script = `${makeClient()}rpc.record({ kind: "session", data: { id: "a" } });
      await new Promise((resolve) => setTimeout(resolve, 100));`;
    const { file } = await bundleScript(dirname(data.paths.root), "s", script);
    const result = await finish(run(file, data.paths));
    expect(result).toMatchObject({ code: 0, out: "" });
    // An open connection would hold it for 30 s, a deadline for 5.
    expect(result.ms).toBeLessThan(4_000);
    const [segment = ""] = listSegments(data.paths);
    expect(wholeSegment(segment).records.map(({ record }) => record.data.id)).toEqual(["a"]);
    expect(isOwnerAlive(segment)).toBe(false);
  });
});

describe("the host is neither ended nor held up nor printed into", () => {
  const ANSWER = '{"ok":true,"changed":true}';
  test.each([
    '{"id":ID}',
    '{"id":ID,"result":null}',
    '{"id":ID,"result":[]}',
    '{"id":ID,"result":{"type":"data"}}',
    '{"id":ID,"result":{"type":"data","data":null}}',
    `{"id":ID,"result":{"type":"data","data":[${ANSWER},{"ok":false,"error":null}]}}`,
    `{"id":ID,"result":{"type":"data","data":[${ANSWER},7]}}`,
    '{"id":ID,"error":null}',
    '{"id":ID,"error":5}',
    '{"id":ID,"error":{"message":"x"}}',
    '{"id":ID,"error":{"code":-32603,"message":"x","data":{"code":5}}}',
    "[]",
    "7",
  ])("by %s for an answer", async (garble) => {
    using data = tempData();
    await using _daemon = await startTestDaemon(data.paths.root, { garble });
    const script = `${makeClient("deadlineMs: 1000")}
      for (const id of ["a", "b"]) rpc.record({ kind: "session", data: { id } });
      setTimeout(() => { console.log("alive"); process.exit(); }, 1500);`;
    const { file } = await bundleScript(dirname(data.paths.root), "s", script);
    const child = run(file, data.paths);
    const late = setTimeout(() => child.kill("SIGKILL"), 8_000);
    expect(await finish(child)).toMatchObject({ code: 0, out: "alive\n" });
    clearTimeout(late);
  });

  test("by the want of descriptors", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    const script = `import { closeSync, openSync } from "node:fs";
      ${makeClient()}
      const held = [];
      try { for (;;) held.push(openSync(process.argv[1], "r")); } catch {}
      rpc.record({ kind: "session", data: { id: "a" } });
      setTimeout(() => {
        for (const fd of held) closeSync(fd);
        rpc.record({ kind: "session", data: { id: "b" } });
        rpc.flush(5000).then((done) => { console.log(done); process.exit(); });
      }, 1500);`;
    const { file } = await bundleScript(dirname(data.paths.root), "s", script);
    const env = { PATH: NODE_ONLY, DUOLOG_DATA_DIR: data.paths.root };
    const limited = 'ulimit -n 64; exec "$0" "$1"';
    const child = spawn("/bin/sh", ["-c", limited, process.execPath, file], { env });
    expect(await finish(child)).toMatchObject({ code: 0, out: "true\n" });
    expect(daemon.rows.size).toBe(2);
  });

  test.each<[string, string]>([
    [
      "a line feed in a line",
      'write(" ".repeat(10), content.indexOf(10) + 1000); write("\\n", 2000);',
    ],
    ["no last line feed", 'write(" ", content.length - 1);'],
    ["no line feed at all", 'write("x".repeat(content.length), 0);'],
    ["nothing but line feeds", 'write("\\n".repeat(content.length), 0);'],
    ["zeros", "writeFileSync(file, Buffer.alloc(content.length));"],
    ["half of it gone", "truncateSync(file, content.length >> 1);"],
  ])("by a segment that is damaged while it waits: %s", async (_what, damage) => {
    using data = tempData();
    await useTestDaemon(data.paths);
    // More than is held in memory, so that the second segment is read back.
    const script = `import { openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
      ${makeClient()}
      const textContent = "x".repeat(100_000);
      for (let i = 0; i < 70; i += 1)
        rpc.record({ kind: "message", data: { id: "m" + i, sessionId: "s", textContent } });
      const spool = process.env.DUOLOG_DATA_DIR + "/spool/";
      const file = spool + readdirSync(spool).find((name) => name.endsWith("-2.jsonl"));
      const content = readFileSync(file);
      const write = (text, at) => writeSync(openSync(file, "r+"), text, at);
      ${damage}
      rpc.flush(8000).then(() => { console.log("alive"); process.exit(); });`;
    const { file } = await bundleScript(dirname(data.paths.root), "s", script);
    const child = run(file, data.paths);
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const result = await finish(child);
    clearTimeout(late);
    killDaemons(data.paths);
    expect(result).toMatchObject({ code: 0, out: "alive\n" });
    // What lies before the damage came in.
    expect(new Set(lines(data.paths, "stored")).size).toBeGreaterThanOrEqual(41);
  });
});

test("twenty processes at once: one daemon is started, every record stored", async () => {
  using data = tempData();
  await useTestDaemon(data.paths);
  const script = `${makeClient("deadlineMs: 15000")}
    console.log((await rpc.upsertSession({ id: process.argv[2] })).status);`;
  const { file } = await bundleScript(dirname(data.paths.root), "s", script);
  const children = Array.from({ length: 20 }, (_, i) => run(file, data.paths, `s${i}`));
  const results = await Promise.all(children.map(finish));
  killDaemons(data.paths);
  expect(results.map(({ out }) => out)).toEqual(Array(20).fill("stored\n"));
  expect(lines(data.paths, "starts")).toHaveLength(1);
  expect(new Set(lines(data.paths, "stored")).size).toBe(20);
  expect(readdirSync(data.paths.spool)).toEqual([]);
});

test("kill -9 of the daemon under load: it is started again, every record stored", async () => {
  using data = tempData();
  await useTestDaemon(data.paths);
  const script = `${makeClient("deadlineMs: 25000")}
    const acks = [];
    // For longer than two starts of a daemon take on a busy machine.
    for (let i = 0; i < 2000; i += 1) {
      acks.push(rpc.upsertMessage({ id: "m" + i, sessionId: "s", textContent: "x".repeat(2000) }));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    console.log((await Promise.all(acks)).filter((ack) => ack.status === "stored").length);`;
  const { file } = await bundleScript(dirname(data.paths.root), "s", script);
  const finished = finish(run(file, data.paths));
  for (const kills of [1, 2]) {
    await expect.poll(() => lines(data.paths, "starts").length, { timeout: 5_000 }).toBe(kills);
    await expect
      .poll(() => lines(data.paths, "stored").length, { timeout: 5_000 })
      .toBeGreaterThan(kills * 100);
    killDaemons(data.paths);
  }
  const { out } = await finished;
  killDaemons(data.paths);
  expect(out).toBe("2000\n");
  expect(new Set(lines(data.paths, "stored")).size).toBe(2000);
  expect(lines(data.paths, "starts")).toHaveLength(3);
});

test("SIGKILL of a producer in mid-write: what was handed in is in its segments, a torn line costs itself", async () => {
  using data = tempData();
  ensureDataDir(data.paths);
  const script = `${makeClient("autostart: false")}
    import { writeSync } from "node:fs";
    for (let i = 0; ; i += 1) {
      rpc.record({ kind: "message", data: { id: "m" + i, sessionId: "s", textContent: "x".repeat(5000) } });
      writeSync(1, i + "\\n");
    }`;
  const { file } = await bundleScript(dirname(data.paths.root), "s", script);
  const child = run(file, data.paths);
  let out = "";
  child.stdout?.on("data", (data) => {
    out += data;
  });
  await once(child.stdout ?? child, "data");
  await sleep(150);
  child.kill("SIGKILL");
  await once(child, "close");
  const handedIn = out.split("\n").length - 1;
  const segments = listSegments(data.paths).map(wholeSegment);
  const ids = segments.flatMap(({ records }) => records.map(({ record }) => record.data.id));
  expect(handedIn).toBeGreaterThan(10);
  expect(ids.slice(0, handedIn)).toEqual(Array.from({ length: handedIn }, (_, i) => `m${i}`));
  // A torn last line is passed over.
  expect(segments.flatMap(({ damaged }) => damaged)).toEqual([]);
});

describe("a full disk (a limit of 20 KB a file)", () => {
  async function recordFifty(paths: DataPaths): Promise<{ code: number; out: string }> {
    const script = `${makeClient("autostart: false")}
      for (let i = 0; i < 50; i += 1) {
        rpc.record({ kind: "message", data: { id: "m" + i, sessionId: "s", textContent: "x".repeat(5000) } });
      }
      console.log(await rpc.flush(5000));`;
    const { file } = await bundleScript(dirname(paths.root), "s", script);
    const env = { PATH: NODE_ONLY, DUOLOG_DATA_DIR: paths.root };
    const limited = ["-c", 'ulimit -f 40; exec "$@"', "sh", process.execPath, file];
    return finish(spawn("/bin/sh", limited, { env }));
  }

  test("no line is torn by it", async () => {
    using data = tempData();
    expect(await recordFifty(data.paths)).toMatchObject({ code: 0, out: "false\n" });
    const segments = listSegments(data.paths).map(wholeSegment);
    expect(segments.map(({ records }) => records.length)).toEqual([3]); // Of 5 KB and more.
    for (const file of listSegments(data.paths)) {
      expect(readFileSync(file, "utf8")).toMatch(/\n$/);
    }
  });

  test("what did not fit goes to the daemon from memory", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    expect(await recordFifty(data.paths)).toMatchObject({ code: 0, out: "true\n" });
    expect(daemon.rows.size).toBe(50);
    expect(readdirSync(data.paths.spool)).toEqual([]);
  });
});
