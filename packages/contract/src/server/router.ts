import { initTRPC, TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import {
  CLIENT_NAMES,
  type IngestRecord,
  type ItemResult,
  isSpoken,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  Source,
} from "../index.ts";
import type { Context } from "./ports.ts";
import {
  backfillInput,
  blocksInput,
  catchUpInput,
  eventUpsert,
  fileCallsInput,
  findInput,
  findSessionInput,
  getSessionInput,
  ingestInput,
  ingestRecord,
  invalid,
  listFilesInput,
  listProjectsInput,
  listRowsInput,
  listSessionsInput,
  listToolsInput,
  lookAgainInput,
  messageUpsert,
  repairInput,
  sessionTreeInput,
  sessionUpsert,
  toolCallUpsert,
  usageInput,
} from "./schemas.ts";
import { ServiceError, toTransportError } from "./serviceError.ts";

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => {
    const refusal =
      error.cause instanceof ServiceError
        ? error.cause.refusal
        : error.cause instanceof ZodError
          ? invalid(error.cause)
          : null;
    const masked = error.code === "INTERNAL_SERVER_ERROR" && !refusal;
    return {
      ...shape,
      message: short(refusal?.message ?? (masked ? "internal error" : shape.message)),
      data: { ...shape.data, path: shape.data.path && short(shape.data.path), refusal },
    };
  },
});

/** Longest text of a caller's that a refusal gives back, in UTF-16 units. */
const MAX_ECHO = 500;

function short(text: string): string {
  return text.length > MAX_ECHO ? `${text.slice(0, MAX_ECHO)}…` : text;
}

/** Says which side is older, so that its user knows what to upgrade. */
function versionMismatch(theirs: number): ServiceError {
  const side = theirs > PROTOCOL_VERSION ? "daemon" : "client";
  return new ServiceError({
    code: "UPGRADE",
    field: null,
    message: `the ${side} is older: upgrade the ${side} (daemon speaks protocol ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}, client ${theirs})`,
  });
}

const open = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof ServiceError) {
    throw toTransportError(result.error.cause);
  }
  return result;
});

const versioned = open.use(({ ctx, next }) => {
  const { protocol } = ctx.caller;
  if (!isSpoken(protocol)) throw versionMismatch(protocol);
  return next();
});

const SOURCES = new Map<string, Source>([
  [CLIENT_NAMES.opencode, Source.opencode],
  [CLIENT_NAMES.claudeCode, Source.claude_code],
]);

function inferredSource(ctx: Context): Source | null {
  return SOURCES.get(ctx.caller.clientName ?? "") ?? null;
}

/** Checks each record by itself; only the good ones reach the service, the answers keep the order. */
async function ingestEach(ctx: Context, records: unknown[]): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  const good: IngestRecord[] = [];
  const places: number[] = [];
  records.forEach((record, index) => {
    const parsed = ingestRecord.safeParse(record);
    if (!parsed.success) {
      results[index] = { ok: false, error: invalid(parsed.error) };
      return;
    }
    good.push(parsed.data);
    places.push(index);
  });
  const stored = good.length ? await ctx.recorder.ingest(good, inferredSource(ctx)) : [];
  stored.forEach((result, i) => {
    results[places[i] as number] = result;
  });
  return results;
}

async function ingestOne(ctx: Context, record: IngestRecord): Promise<{ changed: boolean }> {
  const [result] = await ctx.recorder.ingest([record], inferredSource(ctx));
  if (!result) throw new TRPCError({ code: "INTERNAL_SERVER_ERROR" });
  if (!result.ok) throw toTransportError(new ServiceError(result.error));
  return { changed: result.changed };
}

/** The service's procedures: checks at the edge, ports behind. */
export const appRouter = t.router({
  health: open.query(({ ctx }) => ctx.reporter.health()),
  session: t.router({
    upsert: versioned
      .input(sessionUpsert)
      .mutation(({ ctx, input }) => ingestOne(ctx, { kind: "session", data: input })),
    get: versioned
      .input(getSessionInput)
      .query(({ ctx, input }) => ctx.reader.getSession(input.id)),
    list: versioned
      .input(listSessionsInput)
      .query(({ ctx, input }) => ctx.reader.listSessions(input)),
    find: versioned
      .input(findSessionInput)
      .query(({ ctx, input }) => ctx.questions.findSession(input)),
    tree: versioned
      .input(sessionTreeInput)
      .query(({ ctx, input, signal }) => ctx.questions.sessionTree(input.ids, signal)),
  }),
  tool: t.router({
    list: versioned
      .input(listToolsInput)
      .query(({ ctx, input, signal }) => ctx.questions.listTools(input, signal)),
  }),
  file: t.router({
    list: versioned
      .input(listFilesInput)
      .query(({ ctx, input, signal }) => ctx.questions.listFiles(input.limit, signal)),
    calls: versioned
      .input(fileCallsInput)
      .query(({ ctx, input, signal }) => ctx.questions.fileCalls(input, signal)),
  }),
  project: t.router({
    list: versioned
      .input(listProjectsInput)
      .query(({ ctx, input, signal }) => ctx.questions.listProjects(input.limit, signal)),
  }),
  message: t.router({
    upsert: versioned
      .input(messageUpsert)
      .mutation(({ ctx, input }) => ingestOne(ctx, { kind: "message", data: input })),
    list: versioned
      .input(listRowsInput)
      .query(({ ctx, input }) => ctx.reader.listRows("message", input)),
  }),
  toolCall: t.router({
    upsert: versioned
      .input(toolCallUpsert)
      .mutation(({ ctx, input }) => ingestOne(ctx, { kind: "toolCall", data: input })),
    list: versioned
      .input(listRowsInput)
      .query(({ ctx, input }) => ctx.reader.listRows("toolCall", input)),
  }),
  event: t.router({
    upsert: versioned
      .input(eventUpsert)
      .mutation(({ ctx, input }) => ingestOne(ctx, { kind: "event", data: input })),
    list: versioned
      .input(listRowsInput)
      .query(({ ctx, input }) => ctx.reader.listRows("event", input)),
  }),
  usage: t.router({
    catchUp: versioned
      .input(catchUpInput)
      .query(({ ctx, input }) => ctx.usageReporter.catchUp(input.waitMs)),
    report: versioned.input(usageInput).query(({ ctx, input }) => ctx.usageReporter.report(input)),
    blocks: versioned.input(blocksInput).query(({ ctx, input }) => ctx.usageReporter.blocks(input)),
  }),
  search: t.router({
    // It waits for the index first: who answers connections knows how (CallGate).
    find: versioned.input(findInput).query(({ ctx, input }) => ctx.searcher.find(input)),
    state: versioned.query(({ ctx }) => ctx.searcher.state()),
    rebuild: versioned.mutation(({ ctx }) => ctx.searcher.rebuild()),
  }),
  record: t.router({
    ingest: versioned
      .input(ingestInput)
      .mutation(({ ctx, input }) => ingestEach(ctx, input.records)),
    backfillSource: versioned
      .input(backfillInput)
      .mutation(({ ctx, input }) => ctx.maintainer.backfillSource(input.dryRun)),
    lookAgain: versioned
      .input(lookAgainInput)
      .mutation(({ ctx, input }) => ctx.maintainer.lookAgain(input.sessions)),
    repair: versioned
      .input(repairInput)
      .mutation(({ ctx, input }) => ctx.maintainer.repair(input.file)),
  }),
});

/** What a typed client is made from; as a type it brings no server code along. */
export type AppRouter = typeof appRouter;
