import { isObject, type Loose, type Reader } from "../shared/read.ts";

/** Token counts and cost in USD. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly cost: number | null;
}

/** `cost` and `tokens` (`{input, output, reasoning, cache: {read, write}}`). */
export function readUsage(from: Loose<{ cost: unknown; tokens: unknown }>, reader: Reader): Usage {
  const tokens = reader.object<Record<"input" | "output" | "reasoning" | "cache", unknown>>(
    from.tokens,
    "tokens",
  );
  const cache = reader.object<Record<"read" | "write", unknown>>(tokens.cache, "tokens.cache");
  return {
    promptTokens: reader.count(tokens.input, "tokens.input"),
    completionTokens: reader.count(tokens.output, "tokens.output"),
    reasoningTokens: reader.count(tokens.reasoning, "tokens.reasoning"),
    cacheReadTokens: reader.count(cache.read, "tokens.cache.read"),
    cacheWriteTokens: reader.count(cache.write, "tokens.cache.write"),
    cost: reader.cost(from.cost, "cost"),
  };
}

/** A model's reference, `{id, providerID, variant?}`. */
export function readModel(value: unknown, field: string, reader: Reader) {
  const model = reader.object<{ id: unknown; providerID: unknown }>(value, field);
  return {
    model: reader.line(model.id, `${field}.id`),
    provider: reader.line(model.providerID, `${field}.providerID`),
  };
}

/** The directory of a location, `{directory, workspaceID?}`. */
export function readDirectory(value: unknown, field: string, reader: Reader): string | null {
  const { directory } = reader.object<{ directory: unknown }>(value, field);
  return reader.line(directory, `${field}.directory`);
}

/** An error, `{type, message, status?}`, as `type: message`; null where there is none. */
export function readError(value: unknown, field: string, reader: Reader): string | null {
  const { type, message } = readErrorParts(value, field, reader);
  return type && message ? `${type}: ${message}` : type || message;
}

/** An error's type and message. */
export function readErrorParts(value: unknown, field: string, reader: Reader) {
  const error = reader.object<{ type: unknown; message: unknown }>(value, field);
  return {
    type: reader.line(error.type, `${field}.type`),
    message: reader.text(error.message, `${field}.message`),
  };
}

/** The first bytes of an id up to its first underscore say what it is of. */
export function withoutPrefix(id: string): string {
  return id.replace(/^[a-z]{3}_(?=.)/, "");
}

/** An array's objects; a problem where it is something else. */
export function readObjects(value: unknown, field: string, reader: Reader) {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    reader.problems.push(field);
    return [];
  }
  return value.filter(isObject);
}
