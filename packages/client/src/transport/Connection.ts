import type { AppRouter } from "@duolog/contract/server";
import {
  createTRPCClient,
  createWSClient,
  type TRPCClient,
  type WebSocketClientOptions,
  wsLink,
} from "@trpc/client";
import { safeEncoder } from "./encoder.ts";
import {
  CLOSE_TIMEOUT,
  type RawSocket,
  type SocketConstructor,
  socketConstructor,
  socketUrl,
  type Target,
} from "./webSocket.ts";

/** For connecting and the upgrade, ms. */
const OPEN_TIMEOUT = 3_000;

/**
 * An unused connection is closed after this time, ms: soon in Bun, where an open WebSocket keeps
 * the host alive.
 */
const IDLE_TIMEOUT = process.versions.bun === undefined ? 30_000 : 1_000;

/** The typed procedures of the service. */
export type Api = TRPCClient<AppRouter>;

/**
 * One socket and the typed client on it. tRPC's own reconnecting is kept out: calls wait for it
 * without end and its timers keep the host alive. A lost connection is done with.
 */
export class Connection {
  readonly #client: ReturnType<typeof createWSClient>;
  readonly #api: Api;
  readonly #opened: Promise<void>;
  #raw: RawSocket | null = null;
  #lost = false;
  #calls = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  /** Connects; rejects with an Error where nothing answers, or with a refusal, in time. */
  static async open(target: Target): Promise<Connection> {
    const connection = new Connection(target, await socketConstructor(target));
    const timer = setTimeout(() => connection.destroy(), OPEN_TIMEOUT);
    timer.unref();
    try {
      await connection.#opened;
      connection.#restIdle();
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(target: Target, Socket: SocketConstructor) {
    let opened = () => {};
    let failed = (_error: Error) => {};
    this.#opened = new Promise((resolve, reject) => {
      opened = resolve;
      failed = reject;
    });
    const lost = (event?: unknown) => {
      failed(new Error(`can't connect: ${reasonOf(event)}`));
      this.#lose();
    };
    this.#client = createWSClient({
      url: socketUrl(target),
      WebSocket: this.#track(Socket),
      experimental_encoder: safeEncoder(() => this.destroy()),
      onOpen: opened,
      onClose: lost,
      onError: lost,
      // Asked before each reconnect: there is none.
      retryDelayMs: () => {
        lost();
        return 0;
      },
    });
    this.#api = createTRPCClient<AppRouter>({ links: [wsLink({ client: this.#client })] });
  }

  /** True once it takes no more calls. */
  get isLost(): boolean {
    return this.#lost;
  }

  /**
   * Runs one call. Without an answer within `deadlineMs` it rejects with an Error and the connection,
   * which is not to be trusted any more, is dropped. Does not keep the process alive.
   */
  async call<T>(
    run: (api: Api, signal: AbortSignal) => Promise<T>,
    deadlineMs: number,
  ): Promise<T> {
    if (this.#lost) throw new Error("the connection was lost");
    const abort = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort.abort();
    }, deadlineMs);
    timer.unref();
    this.#calls += 1;
    clearTimeout(this.#idleTimer);
    try {
      return await run(this.#api, abort.signal);
    } catch (error) {
      if (!late) throw error;
      this.destroy();
      throw new Error(`no answer within ${Math.round(deadlineMs)} ms`, { cause: error });
    } finally {
      this.#calls -= 1;
      clearTimeout(timer);
      if (this.#calls === 0) this.#restIdle();
    }
  }

  /** Closes with the closing handshake. Calls in flight fail. */
  close(): void {
    this.#lose();
    const raw = this.#raw;
    if (!raw) return;
    raw.close();
    setTimeout(() => raw.terminate?.(), CLOSE_TIMEOUT).unref();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#lose();
    if (this.#raw?.terminate) this.#raw.terminate();
    else this.#raw?.close();
  }

  #restIdle(): void {
    if (this.#lost) return;
    this.#idleTimer = setTimeout(() => this.close(), IDLE_TIMEOUT);
    this.#idleTimer.unref();
  }

  #lose(): void {
    this.#lost = true;
    clearTimeout(this.#idleTimer);
    // Ends tRPC's reconnecting at once; what it waits for after that does not matter.
    this.#client.close().catch(() => {});
  }

  /** The class, noting its instance; a second one would be a reconnect. */
  #track(Socket: SocketConstructor): NonNullable<WebSocketClientOptions["WebSocket"]> {
    const take = (socket: RawSocket) => {
      this.#raw = socket;
    };
    const isTaken = () => this.#raw !== null || this.#lost;
    class Tracked extends Socket {
      constructor(url: string) {
        if (isTaken()) throw new Error("the connection was lost");
        super(url);
        take(this);
      }
    }
    // tRPC asks for the browser's class; `ws` and Bun's do all that it uses of it.
    return Tracked as unknown as NonNullable<WebSocketClientOptions["WebSocket"]>;
  }
}

function reasonOf(event: unknown): string {
  const { message, code } = Object(event) as { message?: unknown; code?: unknown };
  return String(message || (code ? `closed with code ${code}` : "closed"));
}
