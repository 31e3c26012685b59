import { asCount, asObject, asText, type Json } from "../json.ts";
import { wireText } from "../rows/text.ts";
import { readInjected } from "../said/injected.ts";
import { type Body, eventsBody, type LineEvent, lineEvent } from "./body.ts";

/** Reads a line of type `system`. */
export function readSystem(line: Json): Body {
  switch (line.subtype) {
    case "api_error":
      return eventsBody([retry(line)]);
    case "compact_boundary":
      return { kind: "boundary", event: compaction(asObject(line.compactMetadata)) };
    case "microcompact_boundary":
      return eventsBody([microCompaction(asObject(line.microcompactMetadata))]);
    case "local_command":
      return eventsBody(readInjected(asText(line.content) ?? ""));
    case "model_refusal_fallback":
      return eventsBody([fallback(line)]);
    default:
      return { kind: "other" };
  }
}

/** A failed try that is made good by another; older versions nest the answer's body in `error`. */
function retry(line: Json): LineEvent {
  const error = asObject(line.error);
  const inner = asObject(error.error);
  const message =
    asText(error.formatted) ??
    asText(error.message) ??
    asText(asObject(inner.error).message) ??
    asText(inner.message) ??
    asText(asObject(line.cause).code);
  return lineEvent("retry", {
    text: wireText(message),
    data: {
      status: asCount(error.status),
      attempt: asCount(line.retryAttempt),
      maxAttempts: asCount(line.maxRetries),
      delayMs: asCount(line.retryInMs),
    },
  });
}

function compaction(told: Json): LineEvent {
  return lineEvent("compaction", {
    data: {
      trigger: asText(told.trigger),
      tokensBefore: asCount(told.preTokens),
      tokensAfter: asCount(told.postTokens),
      durationMs: asCount(told.durationMs),
    },
  });
}

/** Old tools' results were left away, without a summary. */
function microCompaction(told: Json): LineEvent {
  return lineEvent("compaction", {
    data: {
      what: "tool results",
      trigger: asText(told.trigger),
      tokensBefore: asCount(told.preTokens),
      tokensSaved: asCount(told.tokensSaved),
    },
  });
}

/** The model refused, and another one answers in its place. */
function fallback(line: Json): LineEvent {
  return lineEvent("model", {
    text: wireText(asText(line.content)),
    data: {
      from: asText(line.originalModel),
      to: asText(line.fallbackModel),
      trigger: asText(line.trigger) ?? "refusal",
      category: asText(line.apiRefusalCategory),
    },
  });
}
