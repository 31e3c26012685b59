import type { FindSession } from "@duolog/contract/server";
import { readThroughDaemon } from "../../../daemon/read.ts";
import { Failure } from "../../../failure.ts";
import { type Output, showLong } from "../../../output/output.ts";
import { oneLine } from "../../../output/text.ts";
import { idsMeant } from "../../../output/transcript/beginAt.ts";
import type { Detail, Shown } from "../../../output/transcript/shown.ts";
import { transcript } from "../../../output/transcript/transcript.ts";
import type { Place } from "../../../place.ts";
import { findSession } from "../findSession.ts";
import { readShown } from "./readShown.ts";

/** How a session is shown. */
export interface ShowOptions extends Detail {
  /** From this message or tool call on: its id, or the beginning of it. */
  at?: string | undefined;
}

/** Ids told where several are meant. */
const TOLD = 10;

/** Shows a session: all of it as JSON, as text in such detail. Throws Failure where it or its message is not there. */
export async function showSession(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: FindSession,
  options: ShowOptions,
  output: Output,
): Promise<void> {
  const wanted = output.json ? { tools: true, reasoning: true } : options;
  const shown = await readThroughDaemon(place, env, async (reader) => {
    const { id } = await findSession(reader, query);
    return readShown(reader, id, wanted);
  });
  if (!shown) throw new Failure(`there is no session ${oneLine(query.ref, 80)} any more`);
  const at = options.at === undefined ? null : messageMeant(shown, options.at);
  await showLong(output, shown, (session, paint) => transcript(session, options, at, paint));
}

function messageMeant(shown: Shown, text: string): string {
  const ids = idsMeant(shown, text);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  const told = oneLine(text, 80);
  if (only === undefined) throw new Failure(`there is no message ${told} in this session`);
  const lines = ids.slice(0, TOLD).map((id) => `  ${oneLine(id, 120)}`);
  const said = `${told} begins the ids of ${ids.length} messages or calls:`;
  throw new Failure([said, ...lines].join("\n"));
}
