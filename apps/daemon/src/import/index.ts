/** What an import needs of the code that reads another record; it runs in the command's process. */
export { readDatabase } from "./readDatabase.ts";
