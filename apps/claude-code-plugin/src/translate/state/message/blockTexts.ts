/** The texts of one line's blocks. */
interface Block {
  readonly uuid: string | null;
  readonly index: number | null;
  texts: readonly string[];
}

/** One kind of text of an assistant message, block by block, whoever wrote a block how often. */
export class BlockTexts {
  readonly #blocks: Block[] = [];

  /** The texts, a blank line between two; empty where there is none. */
  get text(): string {
    return this.#blocks.flatMap((block) => block.texts).join("\n\n");
  }

  /**
   * Takes the texts of the message's next line, none too: a line that repeats or continues one we
   * have takes its place.
   */
  add(block: Readonly<Block>): void {
    const same = this.#blocks.find((known) => isSameBlock(known, block));
    if (same) {
      if (length(block) >= length(same)) same.texts = block.texts;
      return;
    }
    const last = this.#blocks.at(-1);
    if (last && block.index === null && continues(last.texts, block.texts)) {
      last.texts = block.texts;
      return;
    }
    this.#blocks.push(block.index === null ? this.#withoutRepeats(block) : { ...block });
  }

  #withoutRepeats(block: Readonly<Block>): Block {
    const known = new Set(this.#blocks.flatMap(({ texts }) => texts));
    return { ...block, texts: block.texts.filter((text) => !known.has(text)) };
  }
}

function isSameBlock(a: Readonly<Block>, b: Readonly<Block>): boolean {
  if (a.uuid !== null && a.uuid === b.uuid) return true;
  return a.index !== null && a.index === b.index;
}

function length(block: Readonly<Block>): number {
  return block.texts.reduce((sum, text) => sum + text.length, 0);
}

/** True where `next` is what `texts` grew into. */
function continues(texts: readonly string[], next: readonly string[]): boolean {
  if (texts.length === 0 || next.length < texts.length) return false;
  return texts.every((text, i) => {
    const grown = next[i] ?? "";
    return i === texts.length - 1 ? grown.startsWith(text) : grown === text;
  });
}
