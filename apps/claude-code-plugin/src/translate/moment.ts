import type { Body, Head } from "./entry.ts";
import { larger } from "./json.ts";

/** What earlier lines say about the next one. */
export interface Moment {
  /** The latest time told so far, epoch ms. */
  readonly clock: number | null;
  /** The id of the turn. */
  readonly promptId: string | null;
  /** The last request to the model. */
  readonly request: { readonly id: string; readonly at: number } | null;
}

/** Before the first line. */
export const START: Moment = { clock: null, promptId: null, request: null };

/** The moment after a line; the clock never goes back. */
export function nextMoment(moment: Moment, head: Head, body: Body): Moment {
  const { at } = head;
  return {
    clock: larger(moment.clock, at),
    promptId: head.promptId ?? moment.promptId,
    request: body.kind === "request" && at !== null ? { id: body.id, at } : moment.request,
  };
}
