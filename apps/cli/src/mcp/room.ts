import type { RpcReader } from "@duolog/client";
import type { Place } from "../place.ts";
import type { Scanner } from "../secrets/Scanner.ts";
import type { Daemon } from "./Daemon.ts";

/** What the tools work with. */
export interface Room {
  readonly place: Place;
  readonly env: NodeJS.ProcessEnv;
  /** The agent's directory. */
  readonly directory: string;
  /**
   * Runs a call with a connection to the daemon, which is started where there is none. Rejects with
   * Failure.
   */
  read<T>(call: (reader: RpcReader) => Promise<T>): Promise<T>;
  /** The texts without their secrets; null in place of one that could not be scanned in time. */
  mask(texts: readonly string[]): Promise<(string | null)[]>;
  close(): Promise<void>;
}

/** Without calls for so long the connection and the scanner's thread go, ms. */
const IDLE_MS = 60_000;
/** What scanning the texts of one answer may take, ms. */
const MASK_MS = 3_000;

/** Where the agent works, and how long an open connection is kept without calls, ms. */
export interface RoomOptions {
  directory?: string | undefined;
  idleMs?: number;
}

/** Opens nothing before the first call. */
export function createRoom(
  place: Place,
  env: NodeJS.ProcessEnv,
  { directory, idleMs = IDLE_MS }: RoomOptions = {},
): Room {
  let scanner: Scanner | null = null;
  let daemon: Daemon | null = null;
  let idle: NodeJS.Timeout | undefined;
  let inUse = 0;

  async function close(): Promise<void> {
    clearTimeout(idle);
    const open = [daemon?.close(), scanner?.close()];
    daemon = null;
    scanner = null;
    await Promise.all(open);
  }

  async function used<T>(use: () => Promise<T>): Promise<T> {
    clearTimeout(idle);
    inUse++;
    try {
      return await use();
    } finally {
      inUse--;
      if (inUse === 0) idle = setTimeout(close, idleMs).unref();
    }
  }

  return {
    place,
    env,
    directory: directory ?? env.CLAUDE_PROJECT_DIR ?? process.cwd(),
    read: (call) =>
      used(async () => {
        const { Daemon } = await import("./Daemon.ts");
        daemon ??= new Daemon(place, env);
        return daemon.read(call);
      }),
    mask: (texts) =>
      used(async () => {
        const [{ mask }, { Scanner }] = await Promise.all([
          import("../secrets/mask.ts"),
          import("../secrets/Scanner.ts"),
        ]);
        scanner ??= new Scanner();
        return mask(scanner, texts, { deadlineMs: MASK_MS });
      }),
    close,
  };
}
