import type { Filter } from "@duolog/contract/server";
import { familyOf } from "../../core/questions/families.ts";
import type { SessionQuestion } from "../../storage/questions/listSessions.ts";
import type { Reads } from "../../storage/record/reads.ts";
import { type Families, sessionQuestion } from "./sessions.ts";

/** The question that the filter asks of sessions. Rejects with StorageError. */
export async function asked(storage: Reads, filter: Filter): Promise<SessionQuestion> {
  return sessionQuestion(filter, await familiesOf(storage, filter));
}

/** The sessions that a filter names, with all that they started. Rejects with StorageError. */
export async function familiesOf(
  storage: Reads,
  { session, without = [] }: Filter,
): Promise<Families> {
  const isNamed = session !== undefined || without.length > 0;
  const links = isNamed ? await storage.readLinks() : [];
  return {
    session: familyOf(session === undefined ? [] : [session], links),
    without: familyOf(without, links),
  };
}
