/** Of a longer text only its length, beginning and end are looked at, UTF-16 units. */
const WHOLE = 512;
const END = 192;

/**
 * 48 bits that stand for a text, so that what was said needs not be kept to be known again; `seed`
 * is another such number. The function is cyrb53 (https://github.com/bryc/code), cut.
 */
export function hashOf(text: string, seed = 0): number {
  const told =
    text.length <= WHOLE ? text : `${text.length} ${text.slice(0, END)}${text.slice(-END)}`;
  let low = 0xdeadbeef ^ seed;
  let high = 0x41c6ce57 ^ Math.floor(seed / 2 ** 32);
  for (let i = 0; i < told.length; i++) {
    const code = told.charCodeAt(i);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (high & 0xffff) * 2 ** 32 + (low >>> 0);
}

let last = { text: "", hash: hashOf("") };

/** The hash of a text that is mostly the one of the call before, as a seed for others. */
export function seedOf(text: string): number {
  if (text !== last.text) last = { text, hash: hashOf(text) };
  return last.hash;
}
