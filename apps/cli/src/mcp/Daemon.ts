import { type RpcClient, RpcError, type RpcReader } from "@duolog/client";
import { ensureDaemon } from "../daemon/ensureDaemon.ts";
import { commandClient } from "../daemon/rpc.ts";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";

/** A read takes less, ms. */
const READ_MS = 20_000;

/** A connection that comes with the first read and is used on: to a daemon that may end meanwhile. */
export class Daemon {
  readonly #place: Place;
  readonly #env: NodeJS.ProcessEnv;
  #rpc: Promise<RpcClient> | null = null;

  constructor(place: Place, env: NodeJS.ProcessEnv) {
    this.#place = place;
    this.#env = env;
  }

  /** Reads through the daemon; where that has gone, through another. Rejects with Failure. */
  async read<T>(call: (reader: RpcReader) => Promise<T>): Promise<T> {
    const wasOpen = this.#rpc !== null;
    try {
      return await this.#try(call);
    } catch (error) {
      if (!wasOpen || !isGone(error)) throw told(error);
    }
    await this.close();
    return this.#try(call).catch((error) => {
      throw told(error);
    });
  }

  async #try<T>(call: (reader: RpcReader) => Promise<T>): Promise<T> {
    this.#rpc ??= this.#open();
    return call((await this.#rpc).reader);
  }

  async #open(): Promise<RpcClient> {
    try {
      await ensureDaemon(this.#place, this.#env);
      return commandClient(this.#place, READ_MS);
    } catch (error) {
      this.#rpc = null;
      throw error;
    }
  }

  async close(): Promise<void> {
    const rpc = this.#rpc;
    this.#rpc = null;
    await (await rpc?.catch(() => null))?.close();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof RpcError && error.refusal.code === "UNAVAILABLE";
}

function told(error: unknown): unknown {
  return error instanceof RpcError ? new Failure(error.message, { cause: error }) : error;
}
