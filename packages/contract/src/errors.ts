/**
 * The errors of the service; contract/server maps each to one transport code.
 * UNAVAILABLE, UPGRADE and INTERNAL leave the record with the sender, to be sent again;
 * INVALID, CONFLICT and NOT_FOUND are final.
 */
export const ERROR_CODES = [
  "INVALID",
  "CONFLICT",
  "NOT_FOUND",
  "UNAVAILABLE",
  "UPGRADE",
  "INTERNAL",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** True where the same record would be refused again. */
export function isFinal(code: ErrorCode): boolean {
  return code === "INVALID" || code === "CONFLICT" || code === "NOT_FOUND";
}
