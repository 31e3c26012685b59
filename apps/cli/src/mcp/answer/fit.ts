/** What an answer says where an agent asks for no size, and at most, bytes of JSON. */
export const USUAL_BYTES = 4_096;
export const MOST_BYTES = 65_536;
/** Room that is kept for `next`. */
export const NEXT_BYTES = 300;

/** What stands where a text was cut off. */
const CUT = "…";

/** How many bytes an answer has as JSON. */
export function bytesOf(answer: unknown): number {
  return Buffer.byteLength(JSON.stringify(answer));
}

/** Of the items the first ones that leave `answer` within so many bytes. */
export function fitting<T>(
  items: readonly T[],
  bytes: number,
  answer: (items: readonly T[]) => unknown,
): T[] {
  let left = bytes - bytesOf(answer([]));
  const first = items.findIndex((item) => {
    // The comma.
    left -= bytesOf(item) + 1;
    return left < 0;
  });
  return items.slice(0, first < 0 ? items.length : first);
}

/**
 * The length of the longest beginning of a text, in UTF-16 units, with which `answer` has at most so many
 * bytes; never within a pair of surrogates. 0 where none is.
 */
export function longest(text: string, bytes: number, answer: (text: string) => unknown): number {
  // Each unit is a byte at least.
  let most = Math.min(text.length, bytes);
  let least = 0;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (bytesOf(answer(text.slice(0, middle))) <= bytes) least = middle;
    else most = middle - 1;
  }
  return whole(text, least);
}

/** A text of at most so many UTF-16 units, with a mark where it was cut. */
export function cut(text: string, units: number): string {
  return text.length <= units ? text : text.slice(0, whole(text, units - 1)) + CUT;
}

/** The end of a piece that takes no half of a pair along. */
export function whole(text: string, end: number): number {
  const isPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && end < text.length;
  return isPair ? end - 1 : end;
}
