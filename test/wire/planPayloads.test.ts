import { readFileSync } from "node:fs";
import type { MessageUpsert, SessionUpsert } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

interface Group {
  name: string;
  client: string;
  session?: SessionUpsert[];
  message?: MessageUpsert[];
  order?: "message first";
  expect: Record<string, unknown>;
  expectMessage?: Record<string, unknown>;
}

const fixture = new URL("../fixtures/wire/plan-payloads.json", import.meta.url);
const groups: Group[] = JSON.parse(readFileSync(fixture, "utf8")).groups;

type Send = (kind: "session" | "message", data: unknown) => Promise<void>;

async function sendAll(group: Group, send: Send): Promise<void> {
  const sessions = async () => {
    for (const data of group.session ?? []) await send("session", data);
  };
  const messages = async () => {
    for (const data of group.message ?? []) await send("message", data);
  };
  const inOrder = group.order === "message first" ? [messages, sessions] : [sessions, messages];
  for (const step of inOrder) await step();
}

function expectRows(daemon: TestDaemon, group: Group): void {
  const ids = [
    ...(group.session ?? []).map((s) => s.id),
    ...(group.message ?? []).map((m) => m.sessionId),
  ];
  const sessions = queryRows(daemon.paths.database, "SELECT * FROM sessions");
  expect(sessions.map((row) => row.id)).toEqual([...new Set(ids)]);
  expect(sessions[0]).toMatchObject(group.expect);
  const messages = queryRows(daemon.paths.database, "SELECT * FROM messages");
  expect(messages.map((row) => row.id)).toEqual([
    ...new Set((group.message ?? []).map((m) => m.id)),
  ]);
  if (group.expectMessage) expect(messages[0]).toMatchObject(group.expectMessage);
}

describe.each(groups)("the plugins of today: $name", (group) => {
  test("through the client", async () => {
    await using daemon = await TestDaemon.start();
    const rpc = testClient(daemon.paths.root, group.client);
    await sendAll(group, async (kind, data) => {
      const ack =
        kind === "session"
          ? await rpc.upsertSession(data as SessionUpsert)
          : await rpc.upsertMessage(data as MessageUpsert);
      expect(ack.status).toBe("stored");
    });
    await rpc.close();
    expectRows(daemon, group);
  });

  test("over a bare WebSocket that tells no version", async () => {
    await using daemon = await TestDaemon.start();
    await using bare = await BareSocket.open(daemon.paths, group.client);
    await sendAll(group, async (kind, data) => {
      const answer = await bare.call("mutation", `${kind}.upsert`, data);
      expect(answer.error).toBeUndefined();
    });
    expectRows(daemon, group);
  });
});
