/** What a process of its own does that reads the whole record for a substring. */
export { type SubstringQuery, substringSearch } from "./substringSearch.ts";
