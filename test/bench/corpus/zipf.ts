import { below, pick, type Random, randomOf } from "./random.ts";

/** Terms: words, identifiers, paths, made-up names, and a few of scripts without spaces. */
const TERMS = 50_000;

const SYLLABLES = "ka lo mi ren tas ver qui dor pel san tur bex fi glo nar hu wim zet".split(" ");

function wordOf(random: Random): string {
  const length = 1 + below(random, 3);
  return Array.from({ length }, () => pick(random, SYLLABLES)).join("");
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function termOf(random: Random, n: number): string {
  const [a, b, c] = [wordOf(random), wordOf(random), wordOf(random)];
  const kind = random();
  if (n < 400 || kind < 0.4) return `${a}${n < 400 ? "" : n.toString(36)}`;
  if (kind < 0.72) return `${a}${capital(b)}${capital(c)}`;
  if (kind < 0.8) return `${a}_${b}_${c}`;
  if (kind < 0.88) return `src/${a}/${b}${capital(c)}.ts`;
  if (kind < 0.9) return String.fromCodePoint(0x4e00 + (n % 500), 0x4e00 + ((n * 7) % 500), 0x4e8c);
  return `${b}${n.toString(36)}${a}`;
}

/** Texts whose words are distributed as those of a language are (Zipf's law). */
export class ZipfTexts {
  readonly terms: string[];
  readonly #random: Random;
  readonly #share: Float64Array;
  readonly #alias: Uint32Array;

  constructor(seed: string) {
    this.#random = randomOf(seed);
    this.terms = Array.from({ length: TERMS }, (_, n) => termOf(this.#random, n));
    [this.#share, this.#alias] = aliasTable(TERMS);
  }

  /** So many words. */
  text(words: number): string {
    let text = "";
    for (let n = 0; n < words; n++)
      text += (n === 0 ? "" : n % 12 === 0 ? ".\n" : " ") + this.#term();
    return text;
  }

  /** How many words a message has: about 150, few much more. */
  length(): number {
    return 20 + Math.floor(-130 * Math.log(1 - this.#random()));
  }

  #term(): string {
    const at = below(this.#random, TERMS);
    const n = this.#random() < (this.#share[at] as number) ? at : (this.#alias[at] as number);
    return this.terms[n] as string;
  }
}

/** Walker's method: a number of Zipf's distribution by two of an even one. */
function aliasTable(size: number): [Float64Array, Uint32Array] {
  const weights = Float64Array.from({ length: size }, (_, n) => 1 / (n + 10));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / size;
  const share = weights.map((weight) => weight / mean);
  const alias = new Uint32Array(size);
  const small = [...share.keys()].filter((n) => (share[n] as number) < 1);
  const large = [...share.keys()].filter((n) => (share[n] as number) >= 1);
  for (let less = small.pop(); less !== undefined && large.length > 0; less = small.pop()) {
    const more = large.at(-1) as number;
    alias[less] = more;
    share[more] = (share[more] as number) - (1 - (share[less] as number));
    if ((share[more] as number) < 1) small.push(large.pop() as number);
  }
  return [share, alias];
}
