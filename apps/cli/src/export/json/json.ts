import { CHILD_KINDS, type ChildKind, type Kind } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { quietJson } from "../../output/output.ts";
import type { Walk } from "../reading/Walk.ts";
import { exportedRow } from "./rowFields.ts";

/** By which a program knows what it reads; the version rises where what was there means something else. */
export const FORMAT = { format: "duolog-session", version: 1 } as const;

/** Under which name a document holds the rows of each kind. */
export const LISTS = {
  message: "messages",
  toolCall: "toolCalls",
  event: "events",
} as const satisfies Record<ChildKind, string>;

/** A session as one JSON document, a row on a line; those that its calls started are within it. */
export async function* jsonOf(session: SessionSummary, walk: Walk): AsyncGenerator<string> {
  yield `{"format":"${FORMAT.format}","version":${FORMAT.version},\n`;
  yield* bodyOf(session, walk);
  yield "}\n";
}

async function* bodyOf(session: SessionSummary, walk: Walk): AsyncGenerator<string> {
  yield `"session":${rowJson("session", session)}`;
  for (const kind of CHILD_KINDS) {
    yield `,\n"${LISTS[kind]}":[`;
    let before = "\n";
    for await (const row of walk.rows(kind, session.id)) {
      yield before + rowJson(kind, row);
      before = ",\n";
    }
    yield "]";
  }
  yield ',\n"children":[';
  let before = "\n{";
  for await (const child of walk.children(session.id)) {
    yield before;
    yield* bodyOf(child, walk);
    yield "}";
    before = ",\n{";
  }
  yield "]";
}

/** A row on one line, by itself with its kind. A session comes first, then its rows, then those that it started. */
export async function* ndjsonOf(session: SessionSummary, walk: Walk): AsyncGenerator<string> {
  const { format, version } = FORMAT;
  const data = exportedRow("session", session);
  yield `${quietJson({ format, version, kind: "session", data }, 0)}\n`;
  for (const kind of CHILD_KINDS) {
    for await (const row of walk.rows(kind, session.id)) {
      yield `{"kind":"${kind}","data":${rowJson(kind, row)}}\n`;
    }
  }
  for await (const child of walk.children(session.id)) yield* ndjsonOf(child, walk);
}

function rowJson(kind: Kind, row: object): string {
  return quietJson(exportedRow(kind, row), 0);
}
