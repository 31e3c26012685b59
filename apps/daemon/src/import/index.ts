/** What an import needs of the code that reads another record; it runs in the command's process. */
export type { Found, Unreadable } from "./found.ts";
export { fromCopy } from "./fromCopy.ts";
export { readDatabase } from "./readDatabase.ts";
