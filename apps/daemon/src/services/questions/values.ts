import type { Narrow, Value } from "../../storage/questions/narrow.ts";

/** The values of a question in the making; each is a place in its SQL, never a part of its text. */
export class Values {
  readonly #values: Value[] = [];

  /** The SQL that stands for the value. */
  add(value: Value): string {
    this.#values.push(value);
    return `(SELECT n${this.#values.length - 1} FROM narrow)`;
  }

  /** Terms that all must hold, with their values. */
  under(terms: string[]): Narrow {
    return { where: terms.join(" AND "), values: [...this.#values] };
  }
}
