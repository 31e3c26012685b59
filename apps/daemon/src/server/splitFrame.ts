const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * A JSON array of more than `most` elements as arrays of that many, in order, each made when it is
 * asked for; null for anything else. Only strings and brackets are looked at: what is broken in
 * between is for whoever parses the part.
 */
export function splitFrame(frame: Buffer, most: number): Iterable<Buffer> | null {
  if (frame[0] !== 0x5b) return null;
  const first = endOfElements(frame, 1, most);
  return frame[first] === COMMA ? parts(frame, most) : null;
}

function* parts(frame: Buffer, most: number): Generator<Buffer> {
  let start = 1;
  while (start < frame.length) {
    const end = endOfElements(frame, start, most);
    yield Buffer.concat([Buffer.from("["), frame.subarray(start, end), Buffer.from("]")]);
    // What follows the array's own bracket, if anything, was in no array.
    if (frame[end] !== COMMA) return;
    start = end + 1;
  }
}

/**
 * True where a JSON text has more than `most` arrays, objects and commas: what is made of it would
 * take many times its bytes.
 */
export function hasMoreParts(frame: Buffer, most: number): boolean {
  if (frame.length <= most) return false;
  let parts = 0;
  for (let at = 0; at < frame.length; at++) {
    const byte = frame[at] as number;
    if (byte === QUOTE) at = endOfString(frame, at);
    else if ((byte === COMMA || OPENING.has(byte)) && ++parts > most) return true;
  }
  return false;
}

/** Where the comma or bracket behind `count` elements is, or the frame's end. */
function endOfElements(frame: Buffer, start: number, count: number): number {
  let depth = 0;
  let left = count;
  for (let at = start; at < frame.length; at++) {
    const byte = frame[at] as number;
    if (byte === QUOTE) at = endOfString(frame, at);
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte) && --depth < 0) return at;
    else if (byte === COMMA && depth === 0 && --left === 0) return at;
  }
  return frame.length;
}

/** The place of a string's closing quote, or the frame's end. */
function endOfString(frame: Buffer, opening: number): number {
  let at = opening;
  for (;;) {
    at = frame.indexOf(QUOTE, at + 1);
    if (at < 0) return frame.length;
    let before = at - 1;
    while (frame[before] === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
}
