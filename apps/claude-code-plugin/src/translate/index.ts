export { type Deletion, findDeletions } from "../history/deletions.ts";
export { openHistory } from "../history/openHistory.ts";
export { configDirs } from "../places/configDirs.ts";
export * from "../reader/index.ts";
export { type HookNote, parseHook, sessionEnd } from "./hook.ts";
export { rowMakers } from "./rows/rowMakers.ts";
export type { Stop } from "./state/stops.ts";
export { type Cursor, type Line, Transcript, type TranscriptOwner } from "./transcript.ts";
export { TESTED_VERSION, TRANSLATOR_VERSION } from "./version.ts";
