import type { SessionSummary } from "@duolog/contract/server";
import { arrange } from "../../output/transcript/arrange/arrange.ts";
import { foldSession } from "../fold/foldSession.ts";
import { factsOf, titleOf } from "../fold/told.ts";
import type { Walk } from "../reading/Walk.ts";
import { conversation } from "./conversation.ts";
import { plain } from "./escape.ts";

/** Longest text of a tool call and of thoughts, in characters. */
const MOST = 4_000;

/** A session as Markdown. */
export async function* markdownOf(session: SessionSummary, walk: Walk): AsyncGenerator<string> {
  const folded = await foldSession(session, walk, MOST);
  const title = titleOf(session);
  yield `# ${plain(title)}\n\n`;
  for (const [name, value] of factsOf(folded.shown)) yield `- ${name}: ${plain(value)}\n`;
  for (const line of conversation(arrange(folded.shown), folded.calls)) yield `${line}\n`;
}
