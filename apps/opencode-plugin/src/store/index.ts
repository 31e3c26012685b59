export { NotOpencodeError } from "./opencodeDatabase.ts";
export { type Past, readStore } from "./readStore.ts";
