import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { readToken } from "@duolog/client/local";
import { ENDPOINT, PROTOCOL_VERSION } from "@duolog/contract";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon } from "../harness/daemon.ts";
import { Script } from "./script.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

/** Calls that make a measurement. */
const CALLS = 150;
const T0 = 1_769_760_000_000;
/** One call's time below which it says nothing on a shared machine, ms. */
const NOISE_MS = 25;
const MEMORY_MB = 300;

let daemon: TestDaemon;
let n = 0;

beforeAll(async () => {
  daemon = await TestDaemon.start();
  // Something to read: about 6 MB an answer.
  await using bare = await open();
  for (let i = 0; i < 60; i += 1) {
    const data = {
      id: `big${i}`,
      sessionId: "big",
      role: "user",
      textContent: "x".repeat(100_000),
      createdAt: T0 + i,
    };
    await bare.call("mutation", "message.upsert", data);
  }
  await calls();
});
afterAll(() => daemon[Symbol.asyncDispose]());

const open = () => BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);

/** Times of single upserts, one after another on a connection of their own; the 99th percentile, ms. */
async function calls(): Promise<number> {
  await using bare = await open();
  const times: number[] = [];
  for (let i = 0; i < CALLS; i += 1) {
    n += 1;
    const began = performance.now();
    const answer = await bare.call("mutation", "message.upsert", {
      id: `m${n}`,
      sessionId: "s",
      role: "user",
      textContent: "hello",
      createdAt: T0,
    });
    times.push(performance.now() - began);
    expect(answer.error).toBeUndefined();
    await sleep(2);
  }
  return times.sort((a, b) => a - b)[Math.floor(CALLS * 0.99)] as number;
}

/** The daemon's memory now, and the most it ever took, MB (Linux only, else null). */
function memory(): { now: number; peak: number } | null {
  if (process.platform !== "linux") return null;
  const status = readFileSync(`/proc/${daemon.process.pid}/status`, "utf8");
  const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: mb("VmRSS"), peak: mb("VmHWM") };
}

/** Times that the others are measured without the trouble and beside it, in turns. */
const ROUNDS = 3;

/** Compares the others' calls during `trouble` with those without it: the medians of the rounds. */
async function expectOthersServed(trouble: () => Promise<AsyncDisposable>): Promise<void> {
  const rounds: { alone: number; beside: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const alone = await calls();
    await using _trouble = await trouble();
    rounds.push({ alone, beside: await calls() });
  }
  const alone = Math.max(median(rounds.map((round) => round.alone)), NOISE_MS / 10);
  const beside = median(rounds.map((round) => round.beside));
  const used = memory();
  const ms = rounds.map((round) => `${round.alone.toFixed(1)} → ${round.beside.toFixed(1)}`);
  console.log(
    `p99 alone → beside: ${ms.join(", ")} ms (×${(beside / alone).toFixed(1)}), ` +
      `memory ${used?.now.toFixed(0)} MB, peak ${used?.peak.toFixed(0)} MB`,
  );
  expect(beside).toBeLessThan(Math.max(10 * alone, NOISE_MS));
  if (used) expect(used.peak).toBeLessThan(MEMORY_MB);
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const closing = (...open: { destroy?(): void; terminate?(): void }[]): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    for (const one of open) (one.destroy ?? one.terminate)?.call(one);
  },
});

async function plain(): Promise<Socket> {
  const socket = connect(daemon.paths.socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

describe("the others are served, and memory is bounded, beside", () => {
  test("a peer that never reads what it asks for", () =>
    expectOthersServed(async () => {
      const deaf = await open();
      deaf.socket.pause();
      for (let i = 0; i < 300; i += 1) {
        const input = { sessionId: "big", limit: 1_000 };
        deaf.socket.send(
          JSON.stringify({
            id: i,
            jsonrpc: "2.0",
            method: "query",
            params: { path: "message.list", input },
          }),
        );
      }
      return closing(deaf.socket);
    }));

  test("peers that send a byte a second, before the handshake and after it", () =>
    expectOthersServed(async () => {
      const timers: NodeJS.Timeout[] = [];
      const sockets: Socket[] = [];
      const upgrade = `GET /trpc HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${readToken(daemon.paths)}\r\n\r\n`;
      for (let i = 0; i < 20; i += 1) {
        const socket = await plain();
        // A masked text frame that announces 30 MB.
        if (i % 2) socket.write(upgrade);
        const bytes =
          i % 2
            ? Buffer.concat([Buffer.from("81ff0000000001e0000000000000", "hex"), Buffer.alloc(100)])
            : Buffer.from(upgrade);
        let at = 0;
        timers.push(setInterval(() => void socket.write(bytes.subarray(at, ++at)), 1_000));
        sockets.push(socket);
      }
      const sweep = {
        destroy: () =>
          timers.forEach((timer) => {
            clearInterval(timer);
          }),
      };
      return closing(sweep, ...sockets);
    }));

  test("500 idle connections", () =>
    expectOthersServed(async () => {
      const idle: BareSocket[] = [];
      for (let i = 0; i < 500; i += 50) {
        idle.push(...(await Promise.all(Array.from({ length: 50 }, open))));
      }
      return closing(...idle.map(({ socket }) => socket));
    }));

  /** In a process of its own, whose work is not the measurement's. */
  test.each([
    ["20,000 frames", "for (const call of calls) socket.send(JSON.stringify(call));"],
    ["one frame", "socket.send(JSON.stringify(calls));"],
  ])("20,000 calls in one tick from one client, in %s, all of them answered", async (_in, send) => {
    await expectOthersServed(async () => {
      const flood = await readyFlood(send);
      flood.process.kill("SIGUSR2");
      return { [Symbol.asyncDispose]: () => expectAllAnswered(flood) };
    });
  });
});

const FLOOD = `
  const WebSocket = require("ws");
  const socket = new WebSocket(process.env.URL, { headers: { authorization: "Bearer " + process.env.TOKEN } });
  const answers = { stored: 0, refused: 0, others: 0 };
  const count = (answer) => {
    if (answer.result) answers.stored++;
    else if (answer.error?.data.refusal?.code === "UNAVAILABLE") answers.refused++;
    else answers.others++;
  };
  socket.on("message", (data) => {
    [JSON.parse(data)].flat().forEach(count);
    if (answers.stored + answers.refused + answers.others < 20000) return;
    tell(JSON.stringify(answers));
    process.exit(0);
  });
  const calls = Array.from({ length: 20000 }, (_, id) => {
    const input = { id: process.pid + "-" + id, sessionId: "flood", role: "user", textContent: "y".repeat(500) };
    return { id, jsonrpc: "2.0", method: "mutation", params: { path: "message.upsert", input } };
  });
  process.on("SIGUSR2", () => { SEND });
  socket.on("open", () => tell("ready"));
  setInterval(() => {}, 1000);`;

async function readyFlood(send: string): Promise<Script> {
  const { root, socket } = daemon.paths;
  const flood = new Script(root, FLOOD.replace("SEND", send), {
    env: { URL: `ws+unix:${socket}:${ENDPOINT}`, TOKEN: readToken(daemon.paths) ?? "" },
  });
  await expect.poll(() => flood.lines, { timeout: 10_000 }).toEqual(["ready"]);
  return flood;
}

async function expectAllAnswered(flood: Script): Promise<void> {
  const { stdout, stderr } = await flood.end();
  expect(stderr).toBe("");
  const { stored, refused, others } = JSON.parse(stdout.split("\n")[1] ?? "");
  expect(stored + refused).toBe(20_000);
  expect(others).toBe(0);
  expect(stored).toBeGreaterThan(0);
}

test("afterwards the daemon is as before", async () => {
  await expect.poll(() => daemon.process.exitCode).toBeNull();
  await calls();
  expect(await daemon.stop()).toBe(0);
});
