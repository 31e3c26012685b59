/** Lets so many at a time go on; who comes then waits, first come first served. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Resolves when it is the caller's turn, which `end` ends. */
  async begin(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((go) => this.#waiting.push(go));
  }

  /** Ends a turn that was begun. */
  end(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
