import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type WebSocket from "ws";
import { call, next, open, type TestServer, testServer } from "./testServer.ts";

describe("what peers leave unread", () => {
  test("a peer that never reads is dropped, and others are served meanwhile", async () => {
    await using small = await testServer({ unreadAtEase: 500_000, unreadMs: 300 });
    const textContent = "x".repeat(1_000_000);
    const data = { id: "m", sessionId: "big", textContent };
    await small.ports.recorder.ingest([{ kind: "message", data }], null);
    const deaf = await open(small.socket);
    deaf.pause();
    for (let id = 0; id < 100; id++)
      deaf.send(call(id, "query", "message.list", { sessionId: "big" }));
    await expect
      .poll(() => small.dropped, { timeout: 5_000 })
      .toEqual(["does not read its answers"]);
    const other = await open(small.socket);
    other.send(call(1, "query", "health"));
    expect((await next(other)).result.data.messages).toBe(1);
    expect(small.server.connections()).toBe(1);
    for (const client of [deaf, other]) client.terminate();
  });

  const LIST_BIG = call(1, "query", "message.list", { sessionId: "big" });

  /** Counts how often messages are listed. */
  function countLists({ ports: { reader } }: TestServer): { made: number } {
    const count = { made: 0 };
    const list = reader.listRows;
    reader.listRows = (kind, query) => {
      count.made++;
      return list(kind, query);
    };
    return count;
  }

  /** Two peers, one after the other, that leave an answer of a million bytes unread. */
  async function leaveUnread(small: TestServer): Promise<WebSocket[]> {
    const data = { id: "m", sessionId: "big", textContent: "x".repeat(1_000_000) };
    await small.ports.recorder.ingest([{ kind: "message", data }], null);
    const lists = countLists(small);
    const deaf = await Promise.all([1, 2].map(() => open(small.socket)));
    for (const [index, client] of deaf.entries()) {
      client.pause();
      client.send(LIST_BIG);
      await expect.poll(() => lists.made).toBe(index + 1);
    }
    return deaf;
  }

  test("a peer that leaves one answer unread is dropped, though it asks no more", async () => {
    await using small = await testServer({ unreadAtEase: 500_000, unreadMs: 300 });
    await leaveUnread(small);
    await expect
      .poll(() => small.dropped, { timeout: 5_000 })
      .toEqual(Array(2).fill("does not read its answers"));
    expect(small.server.connections()).toBe(0);
  });

  test("who leaves an answer unread takes no other's turn", async () => {
    await using small = await testServer({ unreadAtEase: 500_000, answersAtOnce: 1 });
    // The second one's is only made once the first one's turn is over; the patience is 10 s.
    const deaf = await leaveUnread(small);
    const other = await open(small.socket);
    other.send(LIST_BIG);
    expect((await next(other)).result.data.items).toHaveLength(1);
    for (const client of [...deaf, other]) client.terminate();
  });

  test("a peer that says goodbye and reads nothing is dropped as well", async () => {
    await using small = await testServer({ unreadAtEase: 500_000, unreadMs: 300 });
    const deaf = await leaveUnread(small);
    for (const client of deaf) client.close();
    await expect
      .poll(() => small.dropped, { timeout: 5_000 })
      .toEqual(Array(2).fill("does not read its answers"));
  });

  test("too many unread answers of all peers cost the oldest, at once; who reads is served", async () => {
    // The system's buffers take some 200 KB of each: two are less than that, three are more.
    await using small = await testServer({ unreadAtEase: 500_000, unreadBytes: 2_100_000 });
    const [oldest, younger] = await leaveUnread(small);
    const closed = once(oldest as WebSocket, "close");
    const other = await open(small.socket);
    other.pause();
    expect(small.dropped).toEqual([]);
    other.send(LIST_BIG);
    await expect
      .poll(() => small.dropped)
      .toEqual(["oldest of too many answers that are not read"]);
    oldest?.resume();
    await closed;
    other.resume();
    expect((await next(other)).result.data.items).toHaveLength(1);
    expect([younger?.readyState, small.server.connections()]).toEqual([other.OPEN, 2]);
    for (const client of [younger, other]) client?.terminate();
  });

  test("a peer that leaves any answer unread is dropped though it asks no more", async () => {
    await using small = await testServer({ unreadAtEase: 500_000, unreadMs: 300 });
    const deaf = await open(small.socket);
    deaf.pause();
    // Given back with the answer.
    const id = "x".repeat(1_000_000);
    deaf.send(JSON.stringify({ id, method: "query", params: { path: "nothing" } }));
    await expect
      .poll(() => small.dropped, { timeout: 5_000 })
      .toEqual(["does not read its answers"]);
    deaf.terminate();
  });

  test("so do those that give back long ids of calls", async () => {
    await using small = await testServer({ unreadBytes: 2_100_000 });
    const id = "x".repeat(1_000_000);
    const deaf = await Promise.all([1, 2, 3].map(() => open(small.socket)));
    for (const client of deaf) {
      client.pause();
      client.send(JSON.stringify({ id, method: "query", params: { path: "nothing" } }));
    }
    await expect
      .poll(() => small.dropped)
      .toEqual(["oldest of too many answers that are not read"]);
    for (const client of deaf) client.terminate();
  });

  test("one that reads late gets every answer, and the daemon makes one at a time", async () => {
    await using small = await testServer({ unreadAtEase: 500_000 });
    const textContent = "x".repeat(5_000_000);
    const data = { id: "m", sessionId: "big", textContent };
    await small.ports.recorder.ingest([{ kind: "message", data }], null);
    const lists = countLists(small);
    const late = await open(small.socket);
    const answers: unknown[] = [];
    late.on("message", (answer) => answers.push(JSON.parse(String(answer)).id));
    late.pause();
    for (let id = 0; id < 20; id++)
      late.send(call(id, "query", "message.list", { sessionId: "big" }));
    await expect.poll(() => lists.made).toBeGreaterThan(0);
    await sleep(300);
    expect(lists.made).toBeLessThan(4);
    late.resume();
    await expect
      .poll(() => answers, { timeout: 10_000 })
      .toEqual(Array.from({ length: 20 }, (_, id) => id));
    expect(small.dropped).toEqual([]);
    late.terminate();
  });
});
