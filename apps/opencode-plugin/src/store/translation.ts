import type { Found, IngestRecord, Unreadable } from "@duolog/contract";
import type { Rejected, Translated } from "../translate/index.ts";
import type { Row } from "./row.ts";

/** Of what can't be read, this much is kept, in UTF-16 units of JSON. */
const MAX_RAW = 64 * 1024;

/** The plugin's own translation of one version's events. */
export interface Translator<State> {
  readonly initialState: State;
  readonly translate: (
    state: State,
    event: unknown,
    at: number,
  ) => readonly [State, readonly (Translated | Rejected)[]];
}

/** An event, and when it was told, epoch ms. */
export interface Past {
  readonly event: unknown;
  readonly at: number;
}

/** Translates what rows tell, one after the other. */
export class Translation<State extends { readonly seq: number }> {
  readonly #translator: Translator<State>;
  #state: State;

  constructor(translator: Translator<State>) {
    this.#translator = translator;
    this.#state = translator.initialState;
  }

  /** What a row gives by the events that it stands for; a text says why it stands for none. */
  take(row: Row, past: readonly Past[] | string): Found {
    const records: IngestRecord[] = [];
    const reasons = typeof past === "string" ? [past] : [];
    // An event without an id is numbered by the state: here always the same, for a second import.
    this.#state = { ...this.#state, seq: 0 };
    for (const { event, at } of typeof past === "string" ? [] : past) {
      const [next, results] = this.#translator.translate(this.#state, event, at);
      this.#state = next;
      for (const result of results) {
        if (result.kind === "rejected") reasons.push(result.reason);
        else records.push(result);
      }
    }
    const unreadable = reasons.map((reason): Unreadable => ({ raw: beginning(row), reason }));
    return { records, unreadable };
  }
}

function beginning(row: Row): unknown {
  const json = JSON.stringify(row);
  return json.length > MAX_RAW ? json.slice(0, MAX_RAW) : row;
}
