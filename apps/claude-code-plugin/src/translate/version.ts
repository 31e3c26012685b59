/**
 * Raised whenever the same lines are handed out as more or other records than before. A position
 * that another version left is not read on from: the transcript is read again from its start.
 */
export const TRANSLATOR_VERSION = 3;

/** The newest version of Claude Code whose transcripts and hooks are tested. */
export const TESTED_VERSION = "2.1.332";
