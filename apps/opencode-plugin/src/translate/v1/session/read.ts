import type { Session } from "@opencode-ai/sdk/v2";
import type { Loose, Reader } from "../../shared/read.ts";
import { MAX_TITLE, NOTHING, type SessionFacts } from "../../shared/rows/session.ts";

type Tokens = NonNullable<Session["tokens"]>;

/** What `info` of an event tells. */
export function readInfo(info: Loose<Session>, reader: Reader): SessionFacts {
  const model = reader.object<NonNullable<Session["model"]>>(info.model, "info.model");
  const tokens = reader.object<Tokens>(info.tokens, "info.tokens");
  const cache = reader.object<Tokens["cache"]>(tokens.cache, "info.tokens.cache");
  const time = reader.object<Session["time"]>(info.time, "info.time");
  return {
    ...NOTHING,
    title: reader.line(info.title, "info.title", MAX_TITLE),
    projectPath: reader.line(info.directory, "info.directory"),
    projectId: reader.line(info.projectID, "info.projectID"),
    model: reader.line(model.id, "info.model.id"),
    provider: reader.line(model.providerID, "info.model.providerID"),
    agentVersion: reader.line(info.version, "info.version"),
    parentId: reader.line(info.parentID, "info.parentID"),
    promptTokens: reader.count(tokens.input, "info.tokens.input"),
    completionTokens: reader.count(tokens.output, "info.tokens.output"),
    reasoningTokens: reader.count(tokens.reasoning, "info.tokens.reasoning"),
    cacheReadTokens: reader.count(cache.read, "info.tokens.cache.read"),
    cacheWriteTokens: reader.count(cache.write, "info.tokens.cache.write"),
    cost: reader.cost(info.cost, "info.cost"),
    createdAt: reader.time(time.created, "info.time.created"),
    updatedAt: reader.time(time.updated, "info.time.updated"),
  };
}
