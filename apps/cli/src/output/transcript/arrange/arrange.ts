import type { ToolCall } from "@duolog/contract";
import type { Shown } from "../shown.ts";
import { callsByMessage } from "./callsByMessage.ts";
import { type Call, type Entry, inTime, type SubAgent } from "./entry.ts";
import { type Rows, rowsByAgent } from "./rowsByAgent.ts";

/**
 * The main conversation of a session, in the order of time, with each sub-agent behind the call
 * that started it, else at the time of its first row. Every row stands in it once.
 */
export function arrange(shown: Shown): Entry[] {
  return new Arrangement(shown).main();
}

/** The conversations of one session that have no place yet. */
class Arrangement {
  readonly #shown: Shown;
  readonly #agents: Map<string | null, Rows>;
  readonly #children: Map<string, Shown>;

  constructor(shown: Shown) {
    this.#shown = shown;
    this.#agents = rowsByAgent(shown);
    this.#children = new Map(shown.children.map((child) => [child.session.id, child]));
  }

  main(): Entry[] {
    const own = this.#entriesOf(this.#take(null));
    const lost = this.#unnamedFirst().flatMap((id) => this.#agent(id) ?? []);
    const found = lost.map((subAgent): Entry => {
      return { kind: "subAgent", at: subAgent.entries[0]?.at ?? 0, subAgent };
    });
    return inTime([...own, ...found]);
  }

  /** The agents that no call names before those that only each other's calls do. */
  #unnamedFirst(): string[] {
    const named = new Set(this.#shown.toolCalls.map(({ childAgentId }) => childAgentId));
    const ids = [...this.#agents.keys()].filter((id) => id !== null);
    return ids.sort((a, b) => Number(named.has(a)) - Number(named.has(b)));
  }

  /** Gives each conversation once, so that no circle of calls goes on for ever. */
  #take(agentId: string | null): Rows | null {
    const rows = this.#agents.get(agentId) ?? null;
    this.#agents.delete(agentId);
    return rows;
  }

  #entriesOf(rows: Rows | null): Entry[] {
    if (!rows) return [];
    const callsOf = callsByMessage(rows);
    const entries = inTime([
      ...rows.messages.map((message) => ({ at: message.createdAt ?? 0, message })),
      ...(callsOf.get(null) ?? []).map((call) => ({ at: call.createdAt ?? 0, call })),
      ...rows.events.map((event) => ({ at: event.createdAt ?? 0, event })),
    ]);
    // Only now, for the first of two calls has the sub-agent that both name.
    return entries.map((entry): Entry => {
      if ("event" in entry) return { kind: "event", ...entry };
      if ("call" in entry)
        return { kind: "call", at: entry.at, call: this.#withStarted(entry.call) };
      const calls = (callsOf.get(entry.message.id) ?? []).map((call) => this.#withStarted(call));
      return { kind: "message", ...entry, calls };
    });
  }

  #withStarted(call: ToolCall): Call {
    const { childAgentId, childSessionId } = call;
    const agent = childAgentId === null ? null : this.#agent(childAgentId);
    const session = childSessionId === null ? null : this.#childSession(childSessionId);
    return { call, started: agent ?? session };
  }

  #agent(agentId: string): SubAgent | null {
    const rows = this.#take(agentId);
    if (!rows) return null;
    const name = rows.messages.find(({ agent }) => agent)?.agent ?? null;
    const { projectPath } = this.#shown.session;
    return { id: agentId, name, title: null, projectPath, entries: this.#entriesOf(rows) };
  }

  #childSession(sessionId: string): SubAgent | null {
    const child = this.#children.get(sessionId);
    if (!child) return null;
    this.#children.delete(sessionId);
    const { id, title, projectPath } = child.session;
    const name = child.messages.find(({ agent }) => agent)?.agent ?? null;
    return { id, name, title, projectPath, entries: arrange(child) };
  }
}
