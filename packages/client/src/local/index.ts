export { readConfig } from "./data/config.ts";
export { databaseIdentity } from "./data/databaseIdentity.ts";
export { type Heard, readHeard, writeHeard } from "./data/heard.ts";
export {
  type DataPaths,
  dataPaths,
  ensureDataDir,
  homeOf,
  isPrivateDir,
  resolveDataDir,
} from "./data/paths.ts";
export {
  countRejected,
  MOST_REJECTED,
  type RejectedEntry,
  writeRejected,
} from "./data/rejected.ts";
export { type Runtime, readRuntime, runtimeOf, writeRuntime } from "./data/runtime.ts";
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
} from "./data/segments.ts";
export { noteUnknownTypes, unknownTypes } from "./data/sightings.ts";
export { ensureToken, readToken } from "./data/token.ts";
export { atomicWrite, writeNew } from "./files/atomicWrite.ts";
export { errno, isMissing } from "./files/errno.ts";
export { asBytes, parseBytes } from "./files/jsonBytes.ts";
export { notedLines, noteLines } from "./files/lineFile.ts";
export { type RawLine, readLines } from "./files/lines.ts";
export { readIfThere, readOwn } from "./files/readIfThere.ts";
export { isNotThere, withRegularFile } from "./files/regularFile.ts";
export { makeScratch } from "./files/scratch.ts";
export { uniqueSuffix } from "./files/uniqueSuffix.ts";
export { compareVersions } from "./processes/compareVersions.ts";
export { acquirePidLock, type PidLock, pidLockHolder } from "./processes/pidLock.ts";
export { isAlive, isSameProcess, startTicks } from "./processes/processes.ts";
export { chosenEnv, type StartResult, startDaemon } from "./processes/startDaemon.ts";
