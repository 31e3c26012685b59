import * as z from "zod";
import {
  type IngestRecord,
  isStorable,
  MAX_BATCH,
  MAX_COST,
  MAX_COUNT,
  MAX_CURSOR,
  MAX_ID,
  MAX_LINE,
  MAX_TEXT,
  MAX_TIME,
  type MessageUpsert,
  MIN_TIME,
  type Refusal,
  SessionStatus,
  type SessionUpsert,
  Source,
  TitleKind,
} from "../index.ts";

const text = (max: number) =>
  z.string().max(max).refine(isStorable, "holds NUL or a lone surrogate");

const id = text(MAX_ID).min(1);
const line = text(MAX_LINE).nullish();
const longText = text(MAX_TEXT).nullish();
const time = z.int().min(MIN_TIME).max(MAX_TIME).nullish();
const count = z.int().min(0).max(MAX_COUNT).nullish();
const cost = z.number().min(0).max(MAX_COST).nullish();

/** Unknown fields are dropped, so that a newer sender is not refused for them. */
export const sessionUpsert = z.object({
  id,
  source: z.enum(Source).nullish(),
  title: longText,
  titleKind: z.enum(TitleKind).nullish(),
  projectPath: line,
  projectName: line,
  gitBranch: line,
  model: line,
  provider: line,
  agentVersion: line,
  parentId: line,
  status: z.enum(SessionStatus).nullish(),
  error: longText,
  promptTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cost,
  createdAt: time,
  updatedAt: time,
  endedAt: time,
  observedAt: time,
  observedSeq: count,
} satisfies Record<keyof SessionUpsert, z.ZodType>) satisfies z.ZodType<SessionUpsert>;

/** As sessionUpsert. */
export const messageUpsert = z.object({
  id,
  sessionId: id,
  source: z.enum(Source).nullish(),
  role: line,
  textContent: longText,
  model: line,
  provider: line,
  agent: line,
  agentId: line,
  parentId: line,
  finishReason: line,
  error: longText,
  promptTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cost,
  durationMs: count,
  createdAt: time,
  completedAt: time,
  updatedAt: time,
  removedAt: time,
  observedAt: time,
  observedSeq: count,
} satisfies Record<keyof MessageUpsert, z.ZodType>) satisfies z.ZodType<MessageUpsert>;

/** One record of a batch; its items are checked one by one, so a bad one spoils no other. */
export const ingestRecord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("session"), data: sessionUpsert }),
  z.object({ kind: z.literal("message"), data: messageUpsert }),
]) satisfies z.ZodType<IngestRecord>;

/** The call alone: its records, at most MAX_BATCH, are each checked by `ingestRecord`. */
export const ingestInput = z.object({
  records: z.array(z.custom<IngestRecord>(() => true)).max(MAX_BATCH),
});

/** Rows of a page. */
const pageLimit = z.int().min(1).max(1_000).default(50);
export const listSessionsInput = z.object({
  source: z.enum(Source).optional(),
  limit: pageLimit,
  cursor: z.string().max(MAX_CURSOR).optional(),
});
export const listMessagesInput = z.object({
  sessionId: id,
  limit: pageLimit,
  cursor: z.string().max(MAX_CURSOR).optional(),
});
export const backfillInput = z.object({ dryRun: z.boolean() });
export const getSessionInput = z.object({ id });

/** The first issue of a failed check, with the path of the field within the record. */
export function invalid(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).filter((part) => part !== "data").join(".");
  return {
    code: "INVALID",
    field: path || null,
    message: `${path || "record"}: ${issue?.message ?? "invalid"}`,
  };
}
