import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dataPaths,
  ensureDataDir,
  formatSpoolLine,
  segmentName,
  startTicks,
} from "@duolog/client/local";
import { type IngestRecord, PROTOCOL_VERSION } from "@duolog/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadSegments, drainSpool } from "../../src/lifecycle/drain.ts";
import { type TestServer, testServer } from "../server/testServer.ts";

/** No system gives this pid. */
const DEAD = 2 ** 31 - 2;

let server: TestServer;
let paths: ReturnType<typeof dataPaths>;

beforeEach(async () => {
  server = await testServer();
  paths = dataPaths(mkdtempSync(join(tmpdir(), "duolog-drain-")));
  ensureDataDir(paths);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(paths.root, { recursive: true, force: true });
});

const line = (record: IngestRecord, name = "opencode-plugin") =>
  `${formatSpoolLine({ client: { name, version: "1" }, record })}\n`;
const session = (id: string, more = {}): IngestRecord => ({
  kind: "session",
  data: { id, ...more },
});

function segment(text: string, pid = DEAD, n = 1): string {
  const startedAt = pid === DEAD ? 1 : (startTicks(pid) ?? 0);
  const file = join(paths.spool, segmentName(pid, startedAt, n));
  writeFileSync(file, text);
  return file;
}

const drain = () => drainSpool({ paths, ports: server.ports, now: () => 1_769_760_000_000 });
const rejected = () =>
  readdirSync(paths.rejected).map((name) =>
    JSON.parse(readFileSync(join(paths.rejected, name), "utf8")),
  );

test("a dead owner's records are recorded in order, attributed to their client, and its segments go", async () => {
  segment(
    line(session("s", { title: "second", titleKind: "user", observedAt: 1_769_760_000_002 })),
    DEAD,
    2,
  );
  segment(
    line(session("s", { title: "first", titleKind: "user", observedAt: 1_769_760_000_001 })) +
      line({ kind: "message", data: { id: "m", sessionId: "t" } }, "claude-code-plugin"),
  );
  expect(await drain()).toEqual({ segments: 2, records: 3, rejected: 0, unkept: 0, left: 0 });
  expect(await server.ports.reader.getSession("s")).toMatchObject({
    title: "second",
    source: "opencode",
    sourceInferred: true,
  });
  const { items } = await server.ports.reader.listRows("message", { sessionId: "t", limit: 10 });
  expect(items).toMatchObject([{ id: "m", source: "claude-code" }]);
  expect(readdirSync(paths.spool)).toEqual([]);
});

test("a living owner's segment is its own", async () => {
  const file = segment(line(session("s")), process.pid);
  expect(deadSegments(paths)).toEqual([]);
  expect(await drain()).toMatchObject({ segments: 0, records: 0 });
  expect(existsSync(file)).toBe(true);
});

test("a segment that fails stays, and holds up none behind it", async () => {
  const failing = segment(line(session("", {})), DEAD, 1);
  segment(line(session("s")), DEAD, 2);
  // What is refused has no place to go.
  rmSync(paths.rejected, { recursive: true });
  writeFileSync(paths.rejected, "");
  await expect(drain()).rejects.toThrow("EEXIST");
  expect(await server.ports.reader.getSession("s")).toMatchObject({ id: "s" });
  expect(deadSegments(paths)).toEqual([failing]);
});

test("a torn last line costs itself only; a damaged one in the middle is kept in rejected/", async () => {
  segment(
    `${line(session("a"))}{"client":\n${line(session("b"))}${line(session("c")).slice(0, -9)}`,
  );
  expect(await drain()).toEqual({ segments: 1, records: 2, rejected: 1, unkept: 0, left: 0 });
  expect(rejected()).toMatchObject([{ record: '{"client":', reason: expect.any(String) }]);
});

test("of more than anybody looks at the first are kept, and the rest is counted", async () => {
  const lines = Array.from({ length: 10_300 }, (_, i) => `{"n":${i}\n`);
  segment(lines.join("") + line(session("s")));
  const { unkept, ...drained } = await drain();
  expect(drained).toEqual({ segments: 1, records: 1, rejected: 10_300, left: 0 });
  expect(unkept).toBeGreaterThanOrEqual(200);
  expect(readdirSync(paths.rejected)).toHaveLength(10_300 - unkept);
  expect(await server.ports.reader.getSession("s")).not.toBeNull();
  // Once there is room again it is taken.
  for (const name of readdirSync(paths.rejected)) rmSync(join(paths.rejected, name));
  segment(lines.slice(0, 300).join(""));
  expect((await drain()).unkept).toBeLessThan(100);
});

test("what is refused for good goes to rejected/ with the reason and blocks nothing behind it", async () => {
  segment(
    line(session("s", { source: "opencode" })) +
      line(session("s", { source: "claude-code" })) +
      line(session("", {})) +
      line(session("t")),
  );
  expect(await drain()).toEqual({ segments: 1, records: 4, rejected: 2, unkept: 0, left: 0 });
  expect(await server.ports.reader.getSession("t")).not.toBeNull();
  expect(
    rejected()
      .map(({ reason, client }) => [reason.code, reason.field, client])
      .sort(),
  ).toEqual([
    ["CONFLICT", "source", "opencode-plugin"],
    ["INVALID", "id", "opencode-plugin"],
  ]);
});

test("a segment stays whole while the database can't be used, and goes later", async () => {
  const records = Array.from({ length: 250 }, (_, i) => line(session(`s${i}`))).join("");
  const file = segment(records);
  const { recorder } = server.ports;
  let calls = 0;
  const UNAVAILABLE = { code: "UNAVAILABLE", field: null, message: "full" } as const;
  const ports = {
    ...server.ports,
    recorder: {
      ingest: (batch: IngestRecord[], source: null) =>
        ++calls < 2
          ? recorder.ingest(batch, source)
          : Promise.resolve(batch.map(() => ({ ok: false as const, error: UNAVAILABLE }))),
    },
  };
  const options = { paths, now: () => 1_769_760_000_000 };
  expect(await drainSpool({ ...options, ports: ports as typeof server.ports })).toEqual({
    segments: 0,
    records: 0,
    rejected: 0,
    unkept: 0,
    left: 1,
  });
  expect(readFileSync(file, "utf8")).toBe(records);
  expect(await drain()).toMatchObject({ segments: 1, records: 250, left: 0 });
  expect((await server.ports.reporter.health()).sessions).toBe(250);
});

test("a newer client's segment waits as it is for a daemon that reads it", async () => {
  const client = { name: "opencode-plugin", version: "9", protocol: PROTOCOL_VERSION + 1 };
  const text = `${formatSpoolLine({ client, record: session("s") })}\n`;
  const file = segment(text);
  segment(line(session("t")), DEAD, 2);
  expect(await drain()).toEqual({ segments: 1, records: 1, rejected: 0, unkept: 0, left: 1 });
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(await server.ports.reader.getSession("s")).toBeNull();
});
