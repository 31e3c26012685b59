import { readdirSync } from "node:fs";
import { isAlive, pidLockHolder } from "@duolog/client/local";
import { expect, test, vi } from "vitest";
import { createRoom } from "../../src/mcp/room.ts";
import { findPlace } from "../../src/place.ts";
import { TestHome } from "../duolog.ts";
import { agentIn } from "./asking.ts";
import { record } from "./record.ts";

vi.setConfig({ testTimeout: 60_000 });

test("starts no daemon before it is asked, one when it is, and another where that has gone", async () => {
  await using home = new TestHome();
  await using agent = await agentIn(home);
  await agent.client.listTools();
  expect(pidLockHolder(home.paths.pid)).toBeNull();
  expect((await agent.ask("sessions")).sessions).toEqual([]);
  expect(pidLockHolder(home.paths.pid)).not.toBeNull();
  await home.run(["stop"]);
  expect((await agent.ask("sessions")).sessions).toEqual([]);
  const daemon = pidLockHolder(home.paths.pid);
  process.kill(daemon!, "SIGKILL");
  expect((await agent.ask("sessions")).sessions).toEqual([]);
});

test("ends with the agent, also in the middle of a call", async () => {
  await using home = new TestHome();
  await record(home, { id: "a", said: ["hi"] });
  const agent = await agentIn(home, { env: { OPENCODE: "1" } });
  await agent.ask("sessions");
  // No call of this input runs in the record: it is waited for.
  agent.ask("search", { words: "hi" }).catch(() => {});
  await agent.client.close();
  await vi.waitFor(() => expect(isAlive(agent.pid)).toBe(false), { timeout: 3_000 });
});

test("lets go of the daemon, which then ends when it is idle", async () => {
  await using home = new TestHome({ DUOLOG_IDLE_MS: "1000" });
  const room = createRoom(findPlace(home.env), home.env, { directory: "/w", idleMs: 200 });
  await room.read((reader) => reader.session.list());
  const daemon = pidLockHolder(home.paths.pid)!;
  await vi.waitFor(() => expect(isAlive(daemon)).toBe(false), { timeout: 15_000 });
  await room.close();
});

test("keeps no file of its own, and listens on nothing", async () => {
  await using home = new TestHome();
  await record(home, { id: "a", said: ["the zebra"] });
  // The daemon makes the index at the first search.
  await home.run(["search", "zebra"]);
  const before = readdirSync(home.paths.root, { recursive: true }).sort();
  await using agent = await agentIn(home);
  await agent.ask("search", { words: "zebra" });
  await agent.ask("messages", { session: "a" });
  expect(readdirSync(home.paths.root, { recursive: true }).sort()).toEqual(before);
});
