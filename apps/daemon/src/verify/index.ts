/** What `duolog verify` needs of the code that holds the record; it runs in the command's process. */
export { openSessionRows, type SessionRows } from "../storage/record/sessionRows.ts";
export type { Repair } from "../storage/repair/repair.ts";
export {
  type DifferingRow,
  isComplete,
  type RowRef,
  type Told,
  type Verdict,
  type Verified,
  verifySession,
} from "./verifySession.ts";
