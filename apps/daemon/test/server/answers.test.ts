import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { call, next, open, openBare, testServer } from "./testServer.ts";

test("what a fault of ours says goes to the log, and none of it to the caller", async () => {
  await using server = await testServer();
  const { reader, reporter, maintainer } = server.ports;
  const fault = new Error("CANARY in /home/somebody", { cause: new Error("CANARY below") });
  reader.getSession = () => Promise.reject(fault);
  reporter.health = () => {
    throw fault;
  };
  maintainer.backfillSource = () => Promise.reject({ CANARY: "no error at all" });
  const client = await open(server.socket);
  for (const [method, path, input] of [
    ["query", "session.get", { id: "s" }],
    ["query", "health", undefined],
    ["mutation", "record.backfillSource", { dryRun: true }],
  ] as const) {
    client.send(call(1, method, path, input));
    const answer = await next(client);
    expect(answer.error.message).toBe("internal error");
    expect(answer.error.data.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify(answer)).not.toMatch(/CANARY|somebody|stack/);
  }
  expect(server.failed).toHaveLength(3);
  client.terminate();
});

test("a frame in 9,000 writes of a byte ends the connection: each of them is kept by itself", async () => {
  await using server = await testServer();
  const socket = await openBare(server.socket);
  socket.write(Buffer.from("81ff0000000001f0000000000000", "hex"));
  for (let n = 0; n < 9_000 && !socket.destroyed; n++) {
    socket.write(" ");
    // The server, in this process, reads it before the next.
    await setImmediate();
    await setImmediate();
  }
  await expect.poll(() => server.dropped).toEqual(["WS_ERR_TOO_MANY_BUFFERED_PARTS"]);
  socket.destroy();
});
