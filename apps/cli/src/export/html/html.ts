import type { SessionSummary } from "@duolog/contract/server";
import { arrange } from "../../output/transcript/arrange/arrange.ts";
import { foldSession } from "../fold/foldSession.ts";
import { factsOf, titleOf } from "../fold/told.ts";
import type { Walk } from "../reading/Walk.ts";
import { conversation } from "./conversation.ts";
import { escaped } from "./escape.ts";
import { POLICY, STYLE } from "./style.ts";

/** Longest text of a tool call and of thoughts, in characters. */
const MOST = 20_000;

/** A session as one page that needs nothing else. */
export async function* htmlOf(session: SessionSummary, walk: Walk): AsyncGenerator<string> {
  const folded = await foldSession(session, walk, MOST);
  const title = escaped(titleOf(session));
  yield headOf(title);
  yield `<header><h1>${title}</h1>\n<dl>\n`;
  for (const [name, value] of factsOf(folded.shown)) {
    yield `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>\n`;
  }
  yield "</dl></header>\n<main>\n";
  yield* conversation(arrange(folded.shown), folded.calls);
  yield "</main>\n</body>\n</html>\n";
}

function headOf(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
`;
}
