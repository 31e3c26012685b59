import type { Call, Entry } from "./arrange/entry.ts";

/**
 * The conversation from a message, a tool call or an event of this id on, in whatever sub-agent it
 * stands; null where it is not there.
 */
export function beginAt(entries: Entry[], id: string): Entry[] | null {
  for (const [i, entry] of entries.entries()) {
    const from = entryFrom(entry, id);
    if (from) return [from, ...entries.slice(i + 1)];
  }
  return null;
}

/** The entry from there on. */
function entryFrom(entry: Entry, id: string): Entry | null {
  switch (entry.kind) {
    case "message": {
      if (entry.message.id === id) return entry;
      const calls = callsFrom(entry.calls, id);
      return calls && { ...entry, calls };
    }
    case "call": {
      const [call] = callsFrom([entry.call], id) ?? [];
      return call ? { ...entry, call } : null;
    }
    case "event":
      return entry.event.id === id ? entry : null;
    case "subAgent": {
      const within = beginAt(entry.subAgent.entries, id);
      return within && { ...entry, subAgent: { ...entry.subAgent, entries: within } };
    }
  }
}

function callsFrom(calls: Call[], id: string): Call[] | null {
  for (const [i, { call, started }] of calls.entries()) {
    if (call.id === id) return calls.slice(i);
    const within = started && beginAt(started.entries, id);
    if (within) return [{ call, started: { ...started, entries: within } }, ...calls.slice(i + 1)];
  }
  return null;
}

/** What has ids in a conversation. */
interface Rows {
  messages: { id: string }[];
  toolCalls: { id: string }[];
  events: { id: string }[];
  children: Rows[];
}

/**
 * The ids that one may mean by this text: the one that it is, else those that begin with it, of
 * messages before those of calls and events.
 */
export function idsMeant(rows: Rows, text: string): string[] {
  const all = [rows, ...descendants(rows)];
  const kinds = [
    all.flatMap(({ messages }) => messages),
    all.flatMap(({ toolCalls, events }) => [...toolCalls, ...events]),
  ].map((kind) => kind.map(({ id }) => id));
  if (kinds.some((ids) => ids.includes(text))) return [text];
  const beginning = kinds.map((ids) => ids.filter((id) => id.startsWith(text)));
  return [...new Set(beginning.find((ids) => ids.length > 0))];
}

function descendants({ children }: Rows): Rows[] {
  return children.flatMap((child) => [child, ...descendants(child)]);
}
