/** What is written at once, UTF-16 units. */
const CHUNK = 64 * 1024;

/** The same text in pieces that are worth a write each. */
export async function* chunksOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = "";
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
