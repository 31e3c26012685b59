/** A part of a brief. */
export interface Section {
  heading: string;
  lines: string[];
  /** Which end matters more, where not all of it has room. */
  keep: "beginning" | "end";
  /** Of the room that all have together, how much is its own, from 0 to 1. */
  share: number;
}

/**
 * Cuts sections, in order of weight, to so many characters together: each has its share, and what one
 * leaves the next ones may take. How many lines are left out is told; the first one that has no room is
 * cut where more than a few words of it have.
 */
export function fit(sections: readonly Section[], room: number): Section[] {
  let spare = room - sections.reduce((sum, section) => sum + used(section, room), 0);
  return sections.map((section) => {
    const own = used(section, room);
    const wanted = sizeOf(section.lines);
    const more = Math.min(Math.max(0, spare), wanted - own);
    spare -= more;
    return { ...section, lines: cut(section, own + more) };
  });
}

function used({ lines, share }: Section, room: number): number {
  return Math.min(sizeOf(lines), Math.floor(room * share));
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

/** A piece of a line that is shorter says nothing, in characters. */
const SHORTEST = 60;

function cut({ lines, keep }: Section, room: number): string[] {
  if (sizeOf(lines) <= room) return lines;
  const inOrder = keep === "beginning" ? lines : lines.toReversed();
  const kept: string[] = [];
  let left = room;
  for (const line of inOrder) {
    if (line.length + 1 > left) {
      if (left > SHORTEST) kept.push(pieceOf(line, left, keep));
      break;
    }
    left -= line.length + 1;
    kept.push(line);
  }
  const missing = lines.length - kept.length;
  const note =
    missing === 0 ? [] : [`… ${missing} more ${missing === 1 ? "line" : "lines"} left out`];
  return keep === "beginning" ? [...kept, ...note] : [...note, ...kept.toReversed()];
}

function pieceOf(line: string, length: number, keep: Section["keep"]): string {
  return keep === "beginning" ? `${line.slice(0, length - 2)}…` : `…${line.slice(2 - length)}`;
}
