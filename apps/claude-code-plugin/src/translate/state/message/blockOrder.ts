/**
 * The places of a message's blocks where its lines tell none: in the order in which they were first
 * seen, a repeated or grown one where it was.
 */
export class BlockOrder {
  readonly #marks: string[] = [];

  /** The place of the block with that mark, from 0. */
  placeOf(mark: string): number {
    const known = this.#marks.indexOf(mark);
    if (known >= 0) return known;
    const last = this.#marks.length - 1;
    const grew = last >= 0 && mark.startsWith(this.#marks[last] ?? "");
    const place = grew ? last : last + 1;
    this.#marks[place] = mark;
    return place;
  }
}
