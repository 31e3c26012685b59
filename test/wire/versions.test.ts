import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from "@duolog/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await TestDaemon.start();
});
afterAll(() => daemon[Symbol.asyncDispose]());

const calls = [
  ["mutation", "session.upsert", { id: "v" }],
  ["mutation", "message.upsert", { id: "v", sessionId: "v" }],
  ["mutation", "toolCall.upsert", { id: "v", sessionId: "v" }],
  ["mutation", "event.upsert", { id: "v", sessionId: "v" }],
  ["mutation", "record.ingest", { records: [{ kind: "session", data: { id: "v" } }] }],
  ["query", "session.list", {}],
  ["query", "toolCall.list", { sessionId: "v" }],
  ["query", "event.list", { sessionId: "v" }],
] as const;

describe.each([
  [OLDEST_PROTOCOL_VERSION - 1, "client"],
  [PROTOCOL_VERSION + 1, "daemon"],
])("a client of protocol %i", (protocol, older) => {
  test.each(calls)(`${older} is older, says %s %s`, async (method, path, input) => {
    await using bare = await BareSocket.open(daemon.paths, "test", protocol);
    const answer = await bare.call(method, path, input);
    expect(answer.error?.data).toMatchObject({
      code: "PRECONDITION_FAILED",
      refusal: { code: "UPGRADE" },
    });
    expect(answer.error?.message).toContain(`upgrade the ${older}`);
    expect(queryRows(daemon.paths.database, "SELECT * FROM sessions")).toEqual([]);
  });

  test("is told of the daemon's versions by health", async () => {
    await using bare = await BareSocket.open(daemon.paths, "test", protocol);
    const answer = await bare.call("query", "health", undefined);
    expect(answer.result?.data).toMatchObject({
      protocol: PROTOCOL_VERSION,
      oldestProtocol: OLDEST_PROTOCOL_VERSION,
    });
  });
});

test.each([OLDEST_PROTOCOL_VERSION, 2, PROTOCOL_VERSION])(
  "a client of protocol %i works",
  async (protocol) => {
    await using bare = await BareSocket.open(daemon.paths, "test", protocol);
    const answer = await bare.call("mutation", "session.upsert", { id: `works-${protocol}` });
    expect(answer.result?.data).toEqual({ changed: true });
  },
);
