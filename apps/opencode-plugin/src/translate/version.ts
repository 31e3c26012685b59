/**
 * Raised whenever the same events or rows are handed out as more or other records than before. What
 * an import took by another version it reads again.
 */
export const TRANSLATOR_VERSION = 2;
