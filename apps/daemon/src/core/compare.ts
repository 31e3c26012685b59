import { type Entity, type Kind, TitleKind } from "@duolog/contract";
import { stampsOfFields } from "./fieldStamps.ts";
import type { MergedRow } from "./merge.ts";
import { type Fields, present, type Value } from "./order.ts";
import { type PlannedField, planOf } from "./plan.ts";
import { compareStamps, NEVER, stampOfRow } from "./stamp.ts";
import { toldStatus } from "./status.ts";
import { compareTitleKinds } from "./title.ts";

/** The fields in which a row of the record is not as the agent's own store tells it. */
export interface Differing {
  /** Those of which the store tells another value. */
  set: string[];
  /** Those of which the store tells that there is none. */
  clear: string[];
}

/**
 * Compares field by field, and does not merge: what an earlier version laid down wrongly may well
 * win a merge. What the store does not tell is not compared.
 * @param told the row as the store tells it
 * @param row the row of the record; null where there is none
 * @param live fields of which live capture may know more than the store: a later value there is right
 */
export function compareRow<K extends Kind>(
  entity: Entity<K>,
  told: MergedRow<K>,
  row: MergedRow<K> | null,
  live: readonly string[] = [],
): Differing {
  const plan = planOf(entity);
  const [theirs, ours] = [told as unknown as Fields, row as unknown as Fields | null];
  const fields = plan.fields.filter(({ rule }) => rule !== "identity" && rule !== "observation");
  const set = fields
    .filter((field) => tells(field, theirs) && !(ours && isSame(field, theirs, ours)))
    .filter((field) => !(ours && live.includes(field.name) && isLater(field, theirs, ours)))
    .map(({ name }) => name);
  return { set, clear: ours ? wronglyHeld(theirs, ours) : [] };

  function isLater(field: PlannedField, a: Fields, b: Fields): boolean {
    const value = present(b[field.name]);
    if (value === null) return false;
    if (field.rule === "larger") return value > (present(a[field.name]) ?? 0);
    const stampIn = (row: Fields) => stampsOfFields(plan, row, stampOfRow(row))[field.name];
    return compareStamps(stampIn(b) ?? NEVER, stampIn(a) ?? NEVER) > 0;
  }
}

function tells({ name, long }: PlannedField, told: Fields): boolean {
  return (present(told[name]) ?? (long && told[long.hash]) ?? null) !== null;
}

function isSame({ name, rule, long }: PlannedField, told: Fields, row: Fields): boolean {
  switch (rule) {
    case "status":
      return toldStatus(row) === toldStatus(told);
    case "removal":
      return !row.removedInferred && row[name] === told[name];
    case "attribution":
      return row[name] === told[name] && (!row.sourceInferred || told.sourceInferred === true);
    case "title":
      return isTitleKept(told, row) || row[name] === told[name];
    default:
      return heldIn(row, name, long) === heldIn(told, name, long);
  }
}

/** A title of a better rank came from something that the store has no more. */
function isTitleKept(told: Fields, row: Fields): boolean {
  if (present(row.title) === null) return false;
  const [theirs, ours] = [told.titleKind, row.titleKind] as (TitleKind | null)[];
  return compareTitleKinds(ours ?? null, theirs ?? null) > 0;
}

function heldIn(row: Fields, name: string, long: PlannedField["long"]): Value {
  const hash = long ? (row[long.hash] ?? null) : null;
  return hash ?? present(row[name]);
}

/** What the main conversation says is no sub-agent's, and a copy only where the line says so. */
const UNTOLD_OF_MAIN = ["agentId", "agent", "copiedFromId"];

/**
 * What the store tells by telling nothing: whose words they are not, and that those which made a title
 * were no prompt.
 */
function wronglyHeld(told: Fields, row: Fields): string[] {
  const isHeld = (name: string) =>
    present(row[name] ?? null) !== null && present(told[name] ?? null) === null;
  const ofMain = told.isSidechain === false ? UNTOLD_OF_MAIN.filter(isHeld) : [];
  const ofPrompt = row.titleKind === TitleKind.prompt && isHeld("title");
  return ofPrompt ? [...ofMain, "title", "titleKind"] : ofMain;
}
