import { readSegment, type SpoolEntry } from "../../src/local/index.ts";

/** All of a segment: its entries, and the lines that are none. */
export function wholeSegment(file: string) {
  const records: SpoolEntry[] = [];
  const damaged: (string | null)[] = [];
  for (const line of readSegment(file)) {
    if ("entry" in line) records.push(line.entry);
    else damaged.push(line.damaged);
  }
  return { records, damaged };
}
