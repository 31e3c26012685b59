import { MAX_ID } from "@duolog/contract";
import { dataUrlBytes } from "../../shared/attachment.ts";
import { type Beside, detailsFrom, listOf, textIn } from "../../shared/details.ts";
import type { ToolKind } from "../../shared/kind.ts";
import { isObject, type Reader } from "../../shared/read.ts";
import { type CallStatus, callRecord } from "../../shared/rows/toolCall.ts";
import { noted, recorded, refused } from "../../shared/step.ts";
import { joined } from "../../shared/text.ts";
import { anyCall, partOf, withPart } from "../message/parts.ts";
import { isOfEarlierAttempt } from "../message/step.ts";
import { readErrorParts, readObjects } from "../read.ts";
import type { State2 } from "../state.ts";
import { withAnswer } from "../state.ts";
import type { Handler2, Known2, Step2 } from "../step.ts";
import { namedIn, refOf } from "./begin.ts";
import { callFacts } from "./record.ts";
import { failedStatus } from "./status.ts";

/** What a call's end tells, from an event or from a row of the store. */
export interface ToldEnd {
  readonly input: unknown;
  readonly content: unknown;
  readonly metadata: unknown;
  /** `{type, message}`; undefined of a call that succeeded. */
  readonly error: unknown;
}

/** What the record has of a call's end. */
export interface CallEnd {
  readonly status: CallStatus;
  readonly output: string | null;
  readonly error: string | null;
  readonly filePath: string | null;
  readonly childSessionId: string | null;
  readonly data: string | null;
}

export const toolSuccess: Handler2 = (state, event) => ended(state, event, undefined);

export const toolFailed: Handler2 = (state, event) => ended(state, event, event.data.error ?? {});

/**
 * How a call ended. Of `metadata` only what is named here is taken: it can hold whole files.
 * @param directory where relative paths start
 */
export function readCallEnd(
  { input, content, metadata: told, error: failure }: ToldEnd,
  kind: ToolKind | null,
  directory: string | null,
  reader: Reader,
): CallEnd {
  const blocks = readObjects(content, "content", reader);
  const metadata = reader.object<Record<string, unknown>>(told, "metadata");
  const error = readErrorParts(failure, "error", reader);
  const texts = blocks.filter(({ type }) => type === "text");
  const output = joined(texts.map(({ text }) => reader.text(text, "content.text") ?? ""));
  const beside: Beside = {
    named: [...namedIn(input), metadata.filepath, ...listOf(metadata.files)],
    exit: metadata.exit,
    diff: diffOf(metadata),
    images: blocks.filter(({ type }) => type === "file").map((file) => imageOf(file, reader)),
    truncated: metadata.truncated,
    outputPath: metadata.outputPath,
    errorType: error.type,
  };
  return {
    status: failure === undefined ? "success" : failedStatus(error),
    output,
    error: error.message ?? error.type,
    childSessionId: childOf(kind, metadata, reader),
    ...detailsFrom(beside, directory),
  };
}

/** The session that a call started: a sub-agent's. */
export function childOf(kind: ToolKind | null, metadata: unknown, reader: Reader): string | null {
  if (!isObject(metadata) || (kind !== "task" && kind !== null)) return null;
  return reader.line(metadata.sessionID, "metadata.sessionID", MAX_ID) || null;
}

function ended(state: State2, event: Known2, error: unknown): Step2 {
  const { reader, data, stamp } = event;
  const ref = refOf(state, event);
  if (!ref) return refused(state, event);
  const { answer, name, call, directory } = ref;
  const isLate = isOfEarlierAttempt(answer, event);
  const known = isLate
    ? answer
    : withPart(answer, "tool", name, { call: { ...call, hasEnded: true } });
  const part = isLate ? anyCall(known, name) : partOf(known, "tool", name);
  const facts = part && callFacts(known, part);
  if (!part || !facts) return noted(state, event);
  const { content, metadata } = data;
  const told = { input: parsed(part.text), content, metadata, error };
  const end = readCallEnd(told, facts.kind ?? null, directory, reader);
  const createdAt = facts.createdAt ?? null;
  const record = callRecord(
    {
      ...facts,
      ...end,
      childSessionId: end.childSessionId ?? facts.childSessionId ?? null,
      completedAt: stamp.at,
      durationMs: createdAt === null ? null : Math.max(0, stamp.at - createdAt),
    },
    stamp,
  );
  return recorded(isLate ? state : withAnswer(state, known), event, record);
}

/** The patch of one file, or those of several. */
function diffOf(metadata: Record<string, unknown>): string | null {
  const own = textIn(metadata.diff);
  const patches = listOf(metadata.files).map((file) =>
    isObject(file) ? textIn(file.patch) : null,
  );
  return own ?? (patches.filter((patch) => patch !== null).join("\n") || null);
}

/** Type and decoded size of what the model got beside the output. */
function imageOf({ uri, mime }: Record<string, unknown>, reader: Reader): object {
  const isInline = typeof uri === "string" && uri.startsWith("data:");
  return {
    type: reader.line(mime, "content.mime") ?? undefined,
    bytes: isInline ? (dataUrlBytes(uri) ?? undefined) : undefined,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
