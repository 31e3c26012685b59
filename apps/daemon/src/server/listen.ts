import { chmodSync, lstatSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";

/**
 * Listens on a Unix socket that only its user can reach, in place of one that nobody serves.
 * Throws where somebody does, or where something else lies there.
 */
export async function listenOn(server: Server, socket: string): Promise<void> {
  const found = lstatSync(socket, { throwIfNoEntry: false });
  if (found) {
    if (!found.isSocket()) throw new Error(`${socket} is no socket: move it away`);
    if (await isServed(socket)) throw new Error(`another program listens on ${socket}`);
    rmSync(socket, { force: true });
  }
  const before = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(socket, 0o600);
}

function isServed(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
