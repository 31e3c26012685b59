import type { CallStatus } from "../../shared/rows/toolCall.ts";

/** Types of errors of calls that were under way when an answer was ended (unsure: from sources). */
const INTERRUPTED = /(^|\.)(aborted|interrupted|cancelled)$/;
/** A person said no, or a rule did (unsure: which of them 2.0 writes). */
const DENIED_TYPE = /(^|\.)(rejected|denied|declined|dismissed)$/;
const DENIED_TEXT =
  /^(Error: )?(The user rejected permission|The user has specified a rule which prevents|The user dismissed this question|Permission denied)/;

/** The status of a call that failed. */
export function failedStatus(error: { type: string | null; message: string | null }): CallStatus {
  const type = error.type ?? "";
  if (INTERRUPTED.test(type) || error.message === "Tool execution aborted") return "interrupted";
  if (DENIED_TYPE.test(type) || DENIED_TEXT.test(error.message ?? "")) return "denied";
  return "error";
}
