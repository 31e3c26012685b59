import { connect } from "node:net";

/** For a Unix socket's listener to take a connection, ms. */
const TIMEOUT = 1_000;

/** True where something listens on the Unix socket. Never rejects. */
export function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path: socket }).unref();
    const done = (listening: boolean) => {
      probe.destroy();
      resolve(listening);
    };
    probe.setTimeout(TIMEOUT, () => done(true));
    probe.once("connect", () => done(true));
    probe.once("error", () => done(false));
  });
}
