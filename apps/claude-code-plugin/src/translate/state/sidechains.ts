import type { Body } from "../lines/body.ts";
import type { Head } from "../lines/entry.ts";
import { type OpenCall, promptHash } from "./openCalls.ts";
import type { Place } from "./place.ts";

/**
 * A sub-agent whose lines stand in the session's own file (`isSidechain`) without its id, as versions
 * to 2.0.27 wrote them. Plain data.
 */
export interface Sidechain {
  /** The call's that started it, else its first line's uuid. */
  readonly id: string;
  readonly sessionId: string;
  /** Its type. */
  readonly agent: string | null;
  /** The uuids of its last lines: a line names the one that it follows. */
  readonly lines: readonly string[];
}

/** Who speaks in a sidechain's line. */
export interface Speaker {
  readonly agentId: string | null;
  readonly agent: string | null;
  /** The call that started it, where this line tells that. */
  readonly starter: string | null;
}

/** How many sidechains, and lines of one, a line may follow. */
const MOST = 32;
const MOST_LINES = 16;

/** What earlier lines say of the sub-agents in a transcript. */
interface Known {
  readonly sidechains: readonly Sidechain[];
  readonly calls: readonly OpenCall[];
}

/**
 * Who speaks in a line of a sidechain that names no sub-agent: the task of the call whose prompt it
 * repeats, else whoever said the line that it follows, else the only one that is at work.
 */
export function speakerOf(known: Known, head: Head, body: Body, sessionId: string): Speaker {
  const call = body.kind === "prompt" ? startedBy(known, body.text ?? "") : undefined;
  if (call) return { agentId: call.id, agent: call.task?.agent ?? null, starter: call.id };
  const own = known.sidechains.filter((one) => one.sessionId === sessionId);
  const before = own.findLast(({ lines }) => lines.includes(head.parentUuid ?? ""));
  const isFirst = body.kind === "prompt" && head.parentUuid === null;
  const atWork = isFirst ? [] : own.filter(({ id }) => known.calls.some((call) => call.id === id));
  const sidechain = before ?? onlyOne(atWork);
  if (sidechain) return { agentId: sidechain.id, agent: sidechain.agent, starter: null };
  return { agentId: head.uuid, agent: null, starter: null };
}

/** The first call that waits for its sub-agent with that prompt. */
function startedBy({ sidechains, calls }: Known, text: string): OpenCall | undefined {
  const hash = promptHash(text);
  return calls.find(
    ({ id, task }) => task?.prompt === hash && !sidechains.some((one) => one.id === id),
  );
}

function onlyOne<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}

/** The sidechains after a line; the same array where nothing changed. */
export function nextSidechains(
  sidechains: readonly Sidechain[],
  head: Head,
  place: Place,
): readonly Sidechain[] {
  const { agentId, sessionId, agent } = place;
  if (place.isOwn || agentId === null || head.agentId !== null || head.uuid === null) {
    return sidechains;
  }
  const known = sidechains.find((one) => one.id === agentId);
  const lines = [...(known?.lines ?? []), head.uuid].slice(-MOST_LINES);
  const others = sidechains.filter((one) => one !== known);
  return [...others, { id: agentId, sessionId, agent, lines }].slice(-MOST);
}
