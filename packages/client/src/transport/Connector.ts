import { dirname } from "node:path";
import { type DataPaths, isPrivateDir } from "../local/data/paths.ts";
import { readRuntime } from "../local/data/runtime.ts";
import { readToken } from "../local/data/token.ts";
import { type StartResult, startDaemon } from "../local/processes/startDaemon.ts";
import { Connection } from "./Connection.ts";
import { isListening } from "./probe.ts";

/** Who connects, where, and whether the daemon may be started. */
export interface ConnectorOptions {
  paths: DataPaths;
  clientName: string;
  clientVersion: string;
  autostart: boolean;
  env: NodeJS.ProcessEnv;
}

/**
 * A try to connect. `down`: nothing listens, and `start` says whether that is being changed;
 * `refused`: something listens that did not take us.
 */
export type Attempt =
  | { state: "connected"; connection: Connection }
  | { state: "down"; start: StartResult; reason: string }
  | { state: "refused"; reason: string };

/** Finds the daemon or starts it; keeps the one connection that all calls share. */
export class Connector {
  readonly #options: ConnectorOptions;
  #connection: Connection | null = null;
  #trying: Promise<Attempt> | null = null;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** The open connection, if there is one. */
  get current(): Connection | null {
    return this.#connection?.isLost === false ? this.#connection : null;
  }

  /** One try, shared by all who ask meanwhile. Never rejects. */
  attempt(): Promise<Attempt> {
    const connection = this.current;
    if (connection) return Promise.resolve({ state: "connected", connection });
    this.#trying ??= this.#try()
      // Such as a token that can't be read for want of descriptors.
      .catch((error): Attempt => ({ state: "refused", reason: String(error) }))
      .finally(() => {
        this.#trying = null;
      });
    return this.#trying;
  }

  /** Closes the connection; a later call opens another. */
  close(): void {
    this.current?.close();
    this.#connection = null;
  }

  async #try(): Promise<Attempt> {
    const { paths } = this.#options;
    const token = readToken(paths);
    let reason = "no daemon yet";
    let isRefused = false;
    // Both: a runtime.json that tells of another place must hide no daemon.
    for (const socket of new Set([readRuntime(paths)?.socket ?? paths.socket, paths.socket])) {
      // The token goes only where nobody else can have put the socket.
      if (token === null || !isPrivateDir(dirname(socket))) continue;
      try {
        this.#connection = await Connection.open({ ...this.#options, socket, token });
        return { state: "connected", connection: this.#connection };
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        isRefused ||= await isListening(socket);
      }
    }
    return isRefused ? { state: "refused", reason } : this.#start(reason);
  }

  #start(reason: string): Attempt {
    const { paths, env, autostart } = this.#options;
    return { state: "down", start: autostart ? startDaemon(paths, env) : "unavailable", reason };
  }
}
