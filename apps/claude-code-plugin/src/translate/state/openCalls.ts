import { MAX_COUNT } from "@duolog/contract";
import { asCount, asObject, asText } from "../json.ts";
import type { Body } from "../lines/body.ts";
import { wireLine } from "../rows/text.ts";
import type { KnownToolCall } from "../rows/toolCall.ts";
import type { ToolResult } from "../tools/toolResult.ts";
import type { ToolUse } from "../tools/toolUse.ts";
import { hashOf } from "./copies/hash.ts";
import type { Moment } from "./moment.ts";
import type { Place } from "./place.ts";

/** A call that has begun and has no result yet. */
export interface OpenCall {
  readonly id: string;
  /** When it began, epoch ms. */
  readonly at: number | null;
  /** The sub-agent that it is known to have started. */
  readonly child: string | null;
  /** What it asked a sub-agent to do. */
  readonly task: Task | null;
}

/** A sub-agent's task. */
export interface Task {
  /** Hash of the prompt. */
  readonly prompt: number;
  /** The sub-agent's type. */
  readonly agent: string | null;
}

/** Calls whose result is still waited for; the oldest beyond that have no duration but a told one. */
const MAX_WAITING = 64;

/** The open calls after a line; the same array where nothing changed. */
export function nextCalls(
  calls: readonly OpenCall[],
  body: Body,
  place: Place,
): readonly OpenCall[] {
  switch (body.kind) {
    case "assistant": {
      const { line } = body;
      const begun = line.calls.filter(({ id }) => !calls.some((call) => call.id === id));
      const open = begun.map(
        (use): OpenCall => ({ id: use.id, at: place.at, child: null, task: taskOf(use) }),
      );
      return open.length === 0
        ? calls
        : without([...calls, ...open], line.results).slice(-MAX_WAITING);
    }
    case "toolResult":
      return without(calls, body.results);
    case "child":
      return calls.map((call) =>
        call.id === body.callId ? { ...call, child: body.agentId } : call,
      );
    default:
      return calls;
  }
}

function taskOf({ kind, input }: ToolUse): Task | null {
  if (kind !== "task" || input === null) return null;
  const { prompt, subagent_type } = asObject(JSON.parse(input));
  const text = asText(prompt);
  return text === null
    ? null
    : { prompt: promptHash(text), agent: wireLine(asText(subagent_type)) };
}

/** By which a task is known in the words of a sub-agent's first prompt. */
export function promptHash(text: string): number {
  return hashOf(text.trim());
}

function without(calls: readonly OpenCall[], ended: readonly ToolResult[]): readonly OpenCall[] {
  return calls.filter((call) => !ended.some(({ id }) => id === call.id));
}

/** What a line tells of calls that earlier ones began: their ends, and which sub-agent one started. */
export function callsContinued(before: Moment, body: Body, place: Place): KnownToolCall[] {
  switch (body.kind) {
    case "toolResult":
      return body.results.map((result) => ended(result, before, place));
    case "assistant":
      return body.line.results.map((result) => ended(result, before, place));
    case "child": {
      const { callId, agentId } = body;
      const known = before.calls.some(({ id, child }) => id === callId && child === agentId);
      return known ? [] : [childOf(callId, agentId, place)];
    }
    default:
      return [];
  }
}

function ended(result: ToolResult, before: Moment, place: Place): KnownToolCall {
  const { id, status, output, error, data, childAgentId } = result;
  const began = before.calls.find((call) => call.id === id)?.at ?? null;
  const took = began !== null && place.at !== null ? asCount(place.at - began, MAX_COUNT) : null;
  return {
    id,
    sessionId: place.sessionId,
    agentId: place.agentId,
    isSidechain: place.isSidechain,
    status,
    output,
    error,
    data,
    childAgentId,
    completedAt: place.at,
    durationMs: result.durationMs ?? took,
    updatedAt: place.at,
    observedAt: place.observedAt,
    observedSeq: place.offset,
  };
}

/** That a call started that sub-agent; the call may be another sub-agent's. */
export function childOf(
  id: string,
  agentId: string,
  place: Pick<Place, "sessionId" | "observedAt" | "offset">,
): KnownToolCall {
  const { sessionId, observedAt, offset } = place;
  return {
    id,
    sessionId,
    childAgentId: agentId,
    observedAt,
    observedSeq: offset,
  };
}
