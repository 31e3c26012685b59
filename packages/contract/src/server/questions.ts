import type { Source } from "../index.ts";

/** What narrows a question; all that is given must hold. */
export interface Filter {
  source?: Source | undefined;
  /** A project's name, or an absolute path: that directory and all below it. */
  project?: string | undefined;
  /** A model's name or the beginning of one, whatever its case. */
  model?: string | undefined;
  /** `user` or `assistant`: who spoke. */
  role?: string | undefined;
  /** A tool's name, whatever its case. */
  tool?: string | undefined;
  /** A file's path, or the end of one from a `/` on. */
  file?: string | undefined;
  /** From this time on, and before that one, epoch ms. */
  since?: number | undefined;
  until?: number | undefined;
  /** One session's id, its sub-agents included. */
  session?: string | undefined;
  /** Sessions that are left out, and those that they started. */
  without?: string[] | undefined;
  /** Project paths (as stored, exact) that are left out. */
  withoutProjects?: string[] | undefined;
}
