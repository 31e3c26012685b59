import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOn } from "../../src/server/listen.ts";

let directory: string;
let socket: string;
const servers: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "duolog-listen-"));
  socket = join(directory, "daemon.sock");
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true, force: true });
});

function http() {
  const server = createHttp();
  servers.push(server);
  return server;
}

test("a socket that nobody serves is replaced", async () => {
  await listenOn(http(), socket);
  // As after a kill: the path stays and nobody listens. Node would remove the path in `close`.
  const { rename } = await import("node:fs/promises");
  await rename(socket, `${socket}.dead`);
  for (const server of servers.splice(0)) server.close();
  await rename(`${socket}.dead`, socket);
  await listenOn(http(), socket);
  expect(existsSync(socket)).toBe(true);
});

test("a socket that somebody serves is left to them", async () => {
  const other = createServer();
  servers.push(other);
  other.listen(socket);
  await once(other, "listening");
  await expect(listenOn(http(), socket)).rejects.toThrow(/another program listens/);
  expect(existsSync(socket)).toBe(true);
});

test("what is no socket is left alone", async () => {
  writeFileSync(socket, "mine");
  await expect(listenOn(http(), socket)).rejects.toThrow(/is no socket/);
  expect(existsSync(socket)).toBe(true);
});
