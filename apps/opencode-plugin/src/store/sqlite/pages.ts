/** Rows read in one look: at most so many, and not much more than so many bytes of content. */
const MAX_ROWS = 500;
const MAX_BYTES = 8_388_608;

/** Places of rows in pages that are read at once, in their order. */
export function* pagesOf<P extends { bytes: number }>(places: readonly P[]): Generator<P[]> {
  let page: P[] = [];
  let bytes = 0;
  for (const place of places) {
    page.push(place);
    bytes += place.bytes;
    if (page.length < MAX_ROWS && bytes < MAX_BYTES) continue;
    yield page;
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield page;
}
