/** Longest id, in UTF-16 units. */
export const MAX_ID = 512;
/** Longest cursor: a time and the longest id, of which JSON makes six bytes a character, in base64. */
export const MAX_CURSOR = 8_192;
/** Longest one-line text (model, path, …), in UTF-16 units. */
export const MAX_LINE = 8_192;
/** Longest text of a message, title or error, in UTF-16 units. */
export const MAX_TEXT = 10_000_000;
/** Earliest and latest time taken, epoch ms (2000-01-01, 2096-10-02): seconds, microseconds and the year 2099 are mistakes. */
export const MIN_TIME = 946_684_800_000;
export const MAX_TIME = 4_000_000_000_000;
/** Largest count of tokens, and of ms in a duration. */
export const MAX_COUNT = 1_000_000_000_000;
/** Largest cost, USD. */
export const MAX_COST = 1_000_000_000;
/** Most records in one `record.ingest`. */
export const MAX_BATCH = 1_000;
/** Largest WebSocket frame, bytes: one message of MAX_TEXT in any script, or a batch. */
export const MAX_FRAME = 32 * 1024 * 1024;
/** Largest answer, bytes: a row of four texts, each of which may have come in a frame of its own. */
export const MAX_ANSWER = 4 * MAX_FRAME + 1024 * 1024;
/** Longest text that is searched for, UTF-16 units. */
export const MAX_WORDS = 1_000;
/** Most hits in one answer. */
export const MAX_HITS = 100;
/** Longest that one search may wait for the index, ms. */
export const MAX_WAIT_MS = 600_000;
