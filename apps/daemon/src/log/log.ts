import { pino } from "pino";
import { createStream } from "rotating-file-stream";

/** Size of one log file, and how many older ones stay. */
const FILE_SIZE = "2M";
const KEPT_FILES = 4;

/** What an event is told with. */
export type Details = Record<string, string | number | boolean | null>;

/**
 * JSON lines in a directory, rotated and bounded. Callers hand over events and figures, never what
 * an agent or a user wrote, nor an error whose message may quote it.
 */
export interface Log {
  /** Each writes one line: `event` is its message, `details` are fields of their own. */
  info(event: string, details?: Details): void;
  warn(event: string, details?: Details): void;
  error(event: string, details?: Details): void;
  /** Resolves when all is in the file. */
  close(): Promise<void>;
}

/** Opens `daemon.log` (0600) in the directory. Never throws for the disk: lines are lost instead. */
export function openLog(directory: string): Log {
  const stream = createStream("daemon.log", {
    path: directory,
    size: FILE_SIZE,
    maxFiles: KEPT_FILES,
    mode: 0o600,
  });
  // A full disk must not stop the daemon for its log's sake; `status` still tells of the database.
  stream.on("error", () => {});
  const logger = pino(
    { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    stream,
  );
  const at =
    (level: "info" | "warn" | "error") =>
    (event: string, details: Details = {}) =>
      logger[level](details, event);
  return {
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}

/** What may be told of an unknown error: its class and code, and where it was thrown. */
export function errorDetails(error: unknown): Details {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  const frame = error.stack?.split("\n").find((line) => line.startsWith("    at "));
  const cause = error.cause instanceof Error ? error.cause.name : null;
  return { error: error.name, code: code ?? null, cause, at: frame?.trim() ?? null };
}
