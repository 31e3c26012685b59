/** What `expect.json` of a case holds. Paths are below HOME. */
export interface Case {
  /** Arguments of `duolog import`, or of several in turn; null: none. */
  import: string[] | string[][] | null;
  before?: Step[];
  /** A directory that can't be written to meanwhile. */
  readOnly?: string;
  env?: Record<string, string>;
  checks?: Check[];
  live?: Live | Live[];
}

/** A play of a live session, in a place of its own. */
export interface Live {
  name?: string;
  steps: Step[];
  checks: Check[];
}

/** What happens in it. A file is made of another, of lines (JSON each) or of a text. */
export type Step =
  | { mkdir: string }
  | ({ write: string } & Content)
  | ({ append: string } & Content)
  | { move: string; to: string }
  | { remove: string }
  /** The plugin's own hook, so many times at once. */
  | { hook: string; session: string; transcript: string; more?: object; times?: number }
  /** Until nothing changes any more, seconds at most. */
  | { quiet: number };

export interface Content {
  from?: string;
  lines?: object[];
  text?: string;
}

/**
 * What must hold, and why; `or` is as good. Of a regular expression, `want: false` says that nothing may
 * match it. `output`: of the imports, or of the `run`th; `told`: of what lies in `rejected/` and `logs/`
 * too; `docs`: of the documents.
 */
export type Check = { why: string; or?: Claim | Claim[] } & Claim;

export type Claim =
  /** These rows, in any order. */
  | { sql: string; want: unknown[][] }
  | { output: string; want?: boolean; run?: number }
  | { told: string; want?: boolean }
  | { docs: string; want?: boolean };
