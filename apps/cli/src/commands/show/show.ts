import { readThroughDaemon } from "../../daemon/read.ts";
import { Failure } from "../../failure.ts";
import { type Output, show } from "../../output/output.ts";
import type { Detail } from "../../output/transcript/shown.ts";
import { transcript } from "../../output/transcript/transcript.ts";
import type { Place } from "../../place.ts";
import { readShown } from "./readShown.ts";

/** Shows a session: all of it as JSON, as text in such detail. Throws Failure where there is none of that id. */
export async function showSession(
  place: Place,
  env: NodeJS.ProcessEnv,
  id: string,
  detail: Detail,
  output: Output,
): Promise<void> {
  const wanted = output.json ? { tools: true, reasoning: true } : detail;
  const shown = await readThroughDaemon(place, env, (reader) => readShown(reader, id, wanted));
  if (!shown) throw new Failure(`there is no session ${id}; \`duolog sessions\` lists them`);
  show(output, shown, (session) => transcript(session, detail));
}
