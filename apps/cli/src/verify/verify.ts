import type { History, Source } from "@duolog/contract";
import type { RepairReport } from "@duolog/contract/server";
import { openSessionRows } from "@duolog/daemon/verify";
import { ensureDaemon } from "../daemon/ensureDaemon.ts";
import { type Output, show } from "../output/output.ts";
import type { Place } from "../place.ts";
import { openAgentStores, type WantedAgents } from "../stores/openStores.ts";
import { lookAtAll } from "./lookAtAll.ts";
import { repairRecord } from "./repairRecord.ts";
import { type Survey, survey } from "./survey.ts";
import { verifiedText } from "./verifiedText.ts";

/** What is compared, and whether it is set right. */
export interface VerifyOptions extends WantedAgents {
  repair?: boolean;
}

/** How the record holds what one agent's own store tells. */
export interface VerifiedHistory extends Omit<Survey, "repairs"> {
  source: Source;
  /** Where the store lies. */
  places: readonly string[];
}

/** What `verify --json` tells. */
export interface VerifiedRecord {
  complete: boolean;
  histories: VerifiedHistory[];
  /** What was set right before that; null where nothing was. */
  repaired: RepairReport | null;
}

/**
 * Compares the record with what the agents' own stores tell, and with `repair` sets it right. Returns
 * whether it holds all of that, as they tell it. Throws Failure.
 */
export async function verifyRecord(
  place: Place,
  env: NodeJS.ProcessEnv,
  { repair = false, ...wanted }: VerifyOptions,
  output: Output,
): Promise<boolean> {
  // It makes the file, or brings it to today's shape.
  await ensureDaemon(place, env);
  const record = openSessionRows(place.paths.database);
  const histories = await openAgentStores(place, env, wanted);
  try {
    const surveyAll = async () => {
      const surveys: Survey[] = [];
      for (const history of histories) {
        surveys.push(survey(history, record, await lookAtAll(history, record, env, wanted)));
      }
      return surveys;
    };
    const surveys = await surveyAll();
    const repaired =
      repair && surveys.some(differs) ? await repairRecord(place, env, repairsOf(surveys)) : null;
    const now = repaired ? await surveyAll() : surveys;
    const verified = histories.map((history, i) => verifiedOf(history, now[i] as Survey));
    const complete = !now.some(differs);
    show(output, { complete, histories: verified, repaired }, verifiedText);
    return complete;
  } finally {
    for (const history of histories) history.close();
    record.close();
  }
}

function differs({ differing }: Survey): boolean {
  return differing.length > 0;
}

function* repairsOf(surveys: Survey[]) {
  for (const { repairs } of surveys) yield* repairs();
}

function verifiedOf({ source, places }: History, survey: Survey): VerifiedHistory {
  const { repairs: _repairs, ...found } = survey;
  return { source, places, ...found };
}
