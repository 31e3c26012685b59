/** Why something is not read. Each is counted by its words. */
export const WHY = {
  notOwn: "a symlink to what is not your own",
  nowhere: "a symlink that leads nowhere",
  circle: "symlinks that lead in a circle",
  foreign: "another user's file behind a symlink",
  linkText: "a text file in a symlink's place",
  unreadable: "no permission to read it",
  failed: "the file system does not give it",
  noFile: "no regular file",
  deep: "directories too deep in each other",
  namesNone: "a .jsonl file that names no session",
  elsewhere: "a .jsonl file where Claude Code keeps no transcripts",
  badName: "a name that can't be read",
  oldDatabase: "a database of Claude Code's from before its transcripts",
  promptOfNone: "a prompt in history.jsonl that names no session",
} as const;

/** One of them. */
export type Why = (typeof WHY)[keyof typeof WHY];

/** Of these something ought to be read, and can't be. */
export const FAULTS: ReadonlySet<Why> = new Set([WHY.unreadable, WHY.failed]);
