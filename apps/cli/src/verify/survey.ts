import { type History, mapKinds } from "@duolog/contract";
import { isComplete, type Repair, type SessionRows, type Verdict } from "@duolog/daemon/verify";
import { type Looked, Looking } from "./look.ts";

/** What a survey of one agent's store found. */
export interface Survey {
  /** Sessions of which the store tells. */
  compared: number;
  /** Those that the record does not hold as the store tells them. */
  differing: Verdict[];
  /** What would set them right; reads them once more. */
  repairs: () => Iterable<Repair>;
  /** Sessions of which the store tells nothing any more, or never did. */
  onlyHere: string[];
  /** Rows of the other sessions that the store has no more, by kind. */
  rowsOnlyHere: Verdict["onlyHere"];
  /** Lines, rows or files that can't be read. */
  unreadable: number;
}

/**
 * What several looks, which together were at all parts of a store, found of it. What differs is looked
 * at once more: lines of a session may lie in parts of others, and an agent at work writes meanwhile.
 * Throws like fs and SQLite.
 */
export function survey(history: History, record: SessionRows, looks: Looked[]): Survey {
  const parts = new Map(history.parts.map((part) => [part.id, part]));
  const looking = new Looking(history, record);
  const { astray } = looking.found;
  for (const look of looks) {
    for (const [id, records] of look.astray) astray.set(id, (astray.get(id) ?? []).concat(records));
  }
  const onlyHere = new Map(looks.flatMap(({ compared }) => [...compared]));
  const alone = [...looking.listed.keys()].filter((id) => !onlyHere.has(id));
  const again = new Set([
    ...looks.flatMap(({ differing }) => differing),
    ...astray.keys(),
    ...alone,
  ]);
  const verify = (id: string) => looking.verify(id, parts.get(id) ?? null);
  const verdicts = [...again].map((id) => verify(id).verdict);
  for (const verdict of verdicts) onlyHere.set(verdict.sessionId, verdict.onlyHere);
  const differing = verdicts.filter((verdict) => !isComplete(verdict));
  return {
    compared: onlyHere.size,
    differing,
    *repairs() {
      for (const { sessionId } of differing) yield* verify(sessionId).repairs();
    },
    onlyHere: record.ids(history.source).filter((id) => !onlyHere.has(id)),
    rowsOnlyHere: mapKinds((kind) => sum([...onlyHere.values()].map((of) => of[kind]))),
    unreadable: sum([looking.unlisted, ...looks.map(({ unreadable }) => unreadable)]),
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
