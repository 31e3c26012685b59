/**
 * Raised whenever the same lines are handed out as more or other records than before. A position
 * that another version left is not read on from: the transcript is read again from its start.
 */
export const TRANSLATOR_VERSION = 3;
