import * as z from "zod";
import {
  COST_MODES,
  type Entity,
  entities,
  type Field,
  type Holds,
  type IngestRecord,
  isJson,
  isStorable,
  type Kind,
  MAX_BATCH,
  MAX_COST,
  MAX_COUNT,
  MAX_CURSOR,
  MAX_HITS,
  MAX_ID,
  MAX_LINE,
  MAX_TEXT,
  MAX_TIME,
  MAX_WAIT_MS,
  MAX_WORDS,
  MIN_TIME,
  type Refusal,
  SEARCH_SCOPES,
  SessionStatus,
  Source,
  TitleKind,
  type UpsertOf,
  USAGE_BY,
} from "../index.ts";
import type { Filter } from "./questions.ts";

const text = (max: number) =>
  z.string().max(max).refine(isStorable, "holds NUL or a lone surrogate");

const id = text(MAX_ID).min(1);

/** What each kind of field takes; every one but an id may be missing. */
const HOLDS = {
  id,
  line: text(MAX_LINE).nullish(),
  text: text(MAX_TEXT).nullish(),
  json: text(MAX_TEXT).refine(isJson, "is no JSON").nullish(),
  long: text(MAX_TEXT).nullish(),
  count: z.int().min(0).max(MAX_COUNT).nullish(),
  time: z.int().min(MIN_TIME).max(MAX_TIME).nullish(),
  usd: z.number().min(0).max(MAX_COST).nullish(),
  flag: z.boolean().nullish(),
  source: z.enum(Source).nullish(),
  titleKind: z.enum(TitleKind).nullish(),
  status: z.enum(SessionStatus).nullish(),
} satisfies Record<Holds, z.ZodType>;

/** The check of an entity's upsert. Unknown fields are dropped, so that a newer sender is not refused for them. */
function upsertOf<K extends Kind>({ fields }: Entity<K>) {
  const shape = Object.entries<Field>(fields).map(([field, [, holds]]) => [field, HOLDS[holds]]);
  return z.object(Object.fromEntries(shape)) as unknown as z.ZodType<UpsertOf<K>, UpsertOf<K>>;
}

export const sessionUpsert = upsertOf(entities.session);
export const messageUpsert = upsertOf(entities.message);
export const toolCallUpsert = upsertOf(entities.toolCall);
export const eventUpsert = upsertOf(entities.event);

const anyUpsert = ([kind, entity]: [string, Entity]) =>
  z.object({ kind: z.literal(kind), data: upsertOf(entity) });

/** One record of a batch; its items are checked one by one, so a bad one spoils no other. */
export const ingestRecord = z.discriminatedUnion(
  "kind",
  Object.entries(entities as Record<string, Entity>).map(anyUpsert) as [
    ReturnType<typeof anyUpsert>,
  ],
) as unknown as z.ZodType<IngestRecord>;

/** The call alone: its records, at most MAX_BATCH, are each checked by `ingestRecord`. */
export const ingestInput = z.object({
  records: z.array(z.custom<IngestRecord>(() => true)).max(MAX_BATCH),
});

const line = text(MAX_LINE).min(1);
const time = z.int().min(0).max(MAX_TIME);

/** Most ids or paths in one list of a filter. */
const MAX_LISTED = 1_000;

/** What narrows a question. */
export const filter = z.object({
  source: z.enum(Source).optional(),
  project: line.optional(),
  model: line.optional(),
  role: line.optional(),
  tool: line.optional(),
  file: line.optional(),
  since: time.optional(),
  until: time.optional(),
  session: id.optional(),
  without: z.array(id).max(MAX_LISTED).optional(),
  withoutProjects: z.array(line).max(MAX_LISTED).optional(),
}) satisfies z.ZodType<Filter>;

/** Rows of a page. */
const pageLimit = z.int().min(1).max(1_000).default(50);
export const listSessionsInput = filter.extend({
  limit: pageLimit,
  cursor: z.string().max(MAX_CURSOR).optional(),
});
/** Of messages, tool calls or events. */
export const listRowsInput = z.object({
  sessionId: id,
  limit: pageLimit,
  cursor: z.string().max(MAX_CURSOR).optional(),
  since: time.optional(),
  texts: z.union([z.boolean(), z.literal("input")]).optional(),
});
/** Sessions that their agents' stores may know better; null: all that the record has. */
export const lookAgainInput = z.object({
  sessions: z.array(id).max(MAX_BATCH).nullable(),
});
/** A local day. */
const day = z.iso.date();

/** Which windows of Claude's plans. */
export const blocksInput = z.object({
  mode: z.enum(COST_MODES).default("auto"),
  since: time.optional(),
});
/** How long totals may be caught up, ms. */
export const catchUpInput = z.object({ waitMs: z.int().min(0).max(10_000) });
/** Which totals. */
export const usageInput = z.object({
  ...filter.pick({ source: true, project: true, model: true, session: true, withoutProjects: true })
    .shape,
  since: filter.shape.since,
  until: filter.shape.until,
  by: z.enum(USAGE_BY),
  fromDay: day.optional(),
  toDay: day.optional(),
  timezone: text(100).min(1),
  mode: z.enum(COST_MODES).default("auto"),
  instances: z.boolean().default(false),
  limit: z.int().min(1).max(1_000).default(1_000),
});

/** A search. */
export const findInput = filter.extend({
  words: z.string().max(MAX_WORDS),
  in: z.array(z.enum(SEARCH_SCOPES)).min(1).max(SEARCH_SCOPES.length).default(["messages"]),
  sort: z.enum(["newest", "best"]).default("newest"),
  limit: z.int().min(1).max(MAX_HITS).default(10),
  each: z.boolean().default(false),
  waitMs: z.int().min(0).max(MAX_WAIT_MS).default(2_000),
  cursor: z.string().max(MAX_CURSOR).optional(),
});
/** The name of a file in the data directory. */
export const repairInput = z.object({ file: z.string().regex(/^repair-\d+\.jsonl$/) });
export const backfillInput = z.object({ dryRun: z.boolean() });
export const getSessionInput = z.object({ id });
export const findSessionInput = filter.pick({ source: true, project: true }).extend({ ref: id });
export const sessionTreeInput = z.object({ ids: z.array(id).max(MAX_LISTED) });
export const listToolsInput = filter.omit({ role: true });
export const listFilesInput = z.object({ limit: pageLimit });
export const fileCallsInput = filter
  .omit({ role: true, file: true })
  .extend({ path: line, limit: pageLimit, cursor: z.string().max(MAX_CURSOR).optional() });
export const listProjectsInput = z.object({ limit: pageLimit });

/** The first issue of a failed check, with the path of the field within the record. */
export function invalid(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  const [first, ...rest] = issue?.path ?? [];
  // In a batch the record stands below its kind.
  const path = (first === "data" && rest.length > 0 ? rest : [first, ...rest]).join(".");
  return {
    code: "INVALID",
    field: path || null,
    message: `${path || "record"}: ${issue?.message ?? "invalid"}`,
  };
}
