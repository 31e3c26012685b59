export { atomicWrite, writeNew } from "./atomicWrite.ts";
export { compareVersions } from "./compareVersions.ts";
export { errno, isMissing } from "./errno.ts";
export { asBytes, parseBytes } from "./jsonBytes.ts";
export { type RawLine, readLines } from "./lines.ts";
export {
  type DataPaths,
  dataPaths,
  ensureDataDir,
  homeOf,
  isPrivateDir,
  resolveDataDir,
} from "./paths.ts";
export { acquirePidLock, type PidLock, pidLockHolder } from "./pidLock.ts";
export { isAlive, isSameProcess, startTicks } from "./processes.ts";
export { readIfThere, readOwn } from "./readIfThere.ts";
export { isNotThere, withRegularFile } from "./regularFile.ts";
export { countRejected, MOST_REJECTED, type RejectedEntry, writeRejected } from "./rejected.ts";
export { type Runtime, readRuntime, writeRuntime } from "./runtime.ts";
export {
  formatSpoolLine,
  isOwnerAlive,
  listSegments,
  parseSegmentName,
  readSegment,
  type SegmentLine,
  type SegmentOwner,
  type SpoolEntry,
  segmentName,
} from "./segments.ts";
export { chosenEnv, type StartResult, startDaemon } from "./startDaemon.ts";
export { ensureToken, readToken } from "./token.ts";
export { uniqueSuffix } from "./uniqueSuffix.ts";
