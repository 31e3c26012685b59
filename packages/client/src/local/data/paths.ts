import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readdirSync, type Stats } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Everything duolog keeps on disk; absolute paths. */
export interface DataPaths {
  root: string;
  database: string;
  /** Held open by the one running daemon. */
  lock: string;
  /** Names the running daemon's process, for one that does not answer any more. */
  pid: string;
  runtime: string;
  token: string;
  /** The user's own settings, where there are any. */
  config: string;
  /** A list of prices that a person had fetched. */
  prices: string;
  inbox: string;
  spool: string;
  rejected: string;
  backups: string;
  logs: string;
  /** The daemon's Unix socket, where runtime.json names no other. */
  socket: string;
}

/** Longest socket path, in bytes: systems cut or refuse one over 103 (macOS) or 107 (Linux). */
const MAX_SOCKET_PATH = 100;
/** What a `ws+unix:` URL carries unchanged. */
const URL_SAFE = /^[\w./@+,=~-]+$/;

/** HOME where it is absolute, else the system's word. Throws like os.userInfo where that has none. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return env.HOME?.startsWith("/") ? env.HOME : userInfo().homedir;
}

/** The data directory: DUOLOG_DATA_DIR, else the platform's place for user data. Throws like homeOf. */
export function resolveDataDir(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.DUOLOG_DATA_DIR) return resolve(env.DUOLOG_DATA_DIR);
  // The XDG specification: a relative value is to be ignored.
  if (env.XDG_DATA_HOME?.startsWith("/")) return join(env.XDG_DATA_HOME, "duolog");
  const home = homeOf(env);
  if (platform === "darwin") return join(home, "Library", "Application Support", "duolog");
  return join(home, ".local", "share", "duolog");
}

/** Names everything in the data directory; touches no file. */
export function dataPaths(root: string): DataPaths {
  const at = (name: string) => join(root, name);
  return {
    root,
    database: at("duolog.db"),
    lock: at("lock.db"),
    pid: at("daemon.pid"),
    runtime: at("runtime.json"),
    token: at("token"),
    config: at("config.json"),
    prices: at("prices.json"),
    inbox: at("inbox"),
    spool: at("spool"),
    rejected: at("rejected"),
    backups: at("backups"),
    logs: at("logs"),
    socket: socketPath(root),
  };
}

function socketPath(root: string): string {
  const near = join(root, "daemon.sock");
  if (isFit(near)) return near;
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12);
  const name = `duolog-${process.getuid?.() ?? 0}-${hash}`;
  const inTmp = join(tmpdir(), name, "daemon.sock");
  return isFit(inTmp) ? inTmp : join("/tmp", name, "daemon.sock");
}

function isFit(path: string): boolean {
  return URL_SAFE.test(path) && Buffer.byteLength(path) <= MAX_SOCKET_PATH;
}

/**
 * Makes the data directory and what belongs in it, for the user alone (0700).
 * Throws an Error that says what to do where one is a symlink, no directory, another user's, or
 * open to others and can't be closed.
 */
export function ensureDataDir(paths: DataPaths): void {
  const { root, inbox, spool, rejected, backups, logs, socket } = paths;
  for (const directory of new Set([root, inbox, spool, rejected, backups, logs, dirname(socket)])) {
    const isFree = lstatSync(directory, { throwIfNoEntry: false }) === undefined;
    if (isFree) mkdirSync(directory, { recursive: true, mode: 0o700 });
    closeToOthers(directory);
  }
}

function closeToOthers(directory: string): void {
  if (isClosed(checkOwn(directory))) return;
  // Where others could write: what is theirs would be taken for ours from now on.
  for (const name of readdirSync(directory)) checkOwner(join(directory, name));
  chmodSync(directory, 0o700);
  if (!isClosed(lstatSync(directory))) {
    throw new Error(`${directory} is open to other users and can't be closed: chmod 700 it`);
  }
}

function checkOwn(directory: string): Stats {
  const stats = lstatSync(directory);
  if (stats.isSymbolicLink()) throw new Error(`${directory} is a symlink: name its target instead`);
  if (!stats.isDirectory()) throw new Error(`${directory} is not a directory: move it away`);
  checkOwner(directory);
  return stats;
}

function checkOwner(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && !isOurs(stats)) throw new Error(`${path} belongs to another user`);
}

function isClosed(stats: Stats): boolean {
  return (stats.mode & 0o077) === 0;
}

/** True where the user of this process owns it. */
export function isOurs(stats: Stats): boolean {
  return process.getuid === undefined || stats.uid === process.getuid();
}

/**
 * True where nobody else can have put a file there: a real directory, ours, closed to others; false
 * too where that can't be told. Asked before a token is sent to a socket in it.
 */
export function isPrivateDir(directory: string): boolean {
  try {
    const stats = lstatSync(directory);
    return stats.isDirectory() && isOurs(stats) && isClosed(stats);
  } catch {
    return false;
  }
}
