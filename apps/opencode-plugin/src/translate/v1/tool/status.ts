import type { CallStatus } from "../../shared/rows/toolCall.ts";

/**
 * The texts of a refused call: a person said no (with or without a reason), a rule of the user's did,
 * a question was dismissed. From the texts in OpenCode 1.18.33 (`PermissionRejectedError`,
 * `PermissionCorrectedError`, `PermissionDeniedError`, `QuestionRejectedError`).
 */
const DENIED =
  /^(Error: )?(The user rejected permission|The user has specified a rule which prevents|The user dismissed this question)/;

/** What OpenCode writes into calls that were under way when an answer was ended. */
const ABORTED = "Tool execution aborted";
/** What its shell adds to the output of a command so ended, which then counts as completed, without exit code. */
const ABORTED_COMMAND =
  /\n<(bash|shell)_metadata>\n[^<]*User aborted the command\n<\/\1_metadata>\s*$/;

/** What a tool part's state says of how its call stands. */
export interface Standing {
  readonly state: unknown;
  readonly error: string | null;
  readonly output: string | null;
  /** From `metadata`. */
  readonly interrupted: unknown;
  readonly exit: unknown;
}

/** The status of a call; null for a state that is not known. */
export function statusOf({ state, error, output, interrupted, exit }: Standing): CallStatus | null {
  if (state === "pending" || state === "running") return "running";
  if (state === "completed") {
    const isAborted = typeof exit !== "number" && ABORTED_COMMAND.test(output ?? "");
    return isAborted ? "interrupted" : "success";
  }
  if (state !== "error") return null;
  if (interrupted === true || error === ABORTED) return "interrupted";
  return error !== null && DENIED.test(error) ? "denied" : "error";
}
