import { readHeard } from "@duolog/client/local";
import type { Source } from "@duolog/contract";
import { lastHeard } from "@duolog/daemon/storage";
import type { Place } from "../place.ts";
import type { AgentStore, Part } from "../stores/store.ts";
import type { Looks } from "./looks.ts";
import { ARRIVES_MS } from "./missed.ts";

/** A session that was written to within so long, ms, is still being worked in: live capture sees to it. */
const LIVE_MS = 60_000;

/** Which sessions are looked into. */
export interface HealOptions {
  named: readonly string[];
  /** Besides those that the record has, and those that came since the last look. */
  known: boolean;
  /** Of these too what somebody works in. */
  live: boolean;
  /** Epoch ms. */
  now: number;
}

/** How things were with an agent before a look. */
export interface Before {
  /** Epoch ms; before the first look, what can't have been missed by the time that the record heard of it. */
  lookedAt: number;
  /** When its plugin was last heard of, epoch ms. */
  heardAt: number;
  /** As in Look. */
  whole: string | null;
}

/** Null of an agent that nothing was ever recorded of. Throws like fs. */
export function beforeOf({ paths }: Place, looks: Looks, source: Source): Before | null {
  const recorded = lastHeard(paths.database, source);
  if (recorded === null) return null;
  const look = looks.get(source);
  return {
    lookedAt: look?.at ?? recorded.at + LIVE_MS + ARRIVES_MS,
    heardAt: readHeard(paths).get(source) ?? recorded.at,
    whole: look?.whole ?? null,
  };
}

/** Parts that are to be looked at. */
export interface Wanted {
  parts: Part[];
  /** None that may have changed waits until nobody works in it. */
  isWhole: boolean;
}

/**
 * Which parts of a store are to be looked at. When a part was written is only asked for where it matters:
 * a look at it.
 */
export function wantedOf(
  store: AgentStore,
  recorded: ReadonlySet<string>,
  before: Before | null,
  { named, known, live, now }: HealOptions,
): Wanted {
  const asked = store.parts.filter(({ id }) => named.includes(id));
  const whole = wholeOf(store);
  const isUntouched = whole !== null && whole === before?.whole;
  if (!known || isUntouched) return { parts: asked, isWhole: isUntouched };
  const hasCome = ({ writtenAt, ofMany }: Part) =>
    !ofMany && before !== null && writtenAt > before.lookedAt - LIVE_MS;
  const all = store.parts.filter((part) => recorded.has(part.id) || hasCome(part));
  const quiet = live ? all : all.filter(({ writtenAt }) => now - writtenAt > LIVE_MS);
  return { parts: [...new Set([...asked, ...quiet])], isWhole: quiet.length === all.length };
}

/** What stays the same while nothing in a store was written to, and is told the same. */
export function wholeOf({ whole, translator }: AgentStore): string | null {
  return whole && `${translator} ${whole}`;
}
