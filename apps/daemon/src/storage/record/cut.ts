/** Where something was left out of a text. */
const GAP = "\n\n[… cut …]\n\n";

/** The text, or three quarters of `keptBytes` of its beginning and one of its end; nothing for 0. */
export function cut(text: string, keptBytes: number): string {
  if (keptBytes === 0) return "";
  if (Buffer.byteLength(text) <= keptBytes) return text;
  const bytes = Buffer.from(text);
  const head = Math.floor(keptBytes * 0.75);
  const tail = bytes.length - (keptBytes - head);
  return (
    bytes.toString("utf8", 0, characterAt(bytes, head)) +
    GAP +
    bytes.toString("utf8", characterAt(bytes, tail))
  );
}

/** The beginning of the character of which a byte is a part: in UTF-8 the others are 10xxxxxx. */
function characterAt(bytes: Buffer, place: number): number {
  let start = place;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
