import { MAX_ID } from "@duolog/contract";
import { expect, test } from "vitest";
import type WebSocket from "ws";
import { T } from "../rows.ts";
import { call, next, open, testServer } from "./testServer.ts";

/** The ids on each page of so many sessions. */
async function pagesOf(client: WebSocket, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    client.send(call(1, "query", "session.list", { limit, cursor }));
    const { result, error } = await next(client);
    expect(error).toBeUndefined();
    pages.push(result.data.items.map(({ id }: { id: string }) => id));
    cursor = result.data.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

test("pages end at any id: of the longest, and of characters that JSON or UTF-8 make longer", async () => {
  await using server = await testServer();
  // Three bytes as UTF-8, one, two and six as JSON; in the order of their bytes, backwards.
  const ids = ["字", "x", '"', "\u0001"].map((character) => character.repeat(MAX_ID));
  const records = ids.map((id) => ({ kind: "session" as const, data: { id, updatedAt: T } }));
  await server.ports.recorder.ingest(records, null);
  const client = await open(server.socket);
  expect(await pagesOf(client, 1)).toEqual(ids.map((id) => [id]));
  client.terminate();
});
