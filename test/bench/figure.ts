/** What a run is asked for. */
export interface Effort {
  /** Rounds, in each of which every side is measured once. */
  rounds: number;
  /** Factor on the amounts of messages, for a quick look (1: as stated in lode/performance.md). */
  scale: number;
  /** How long an idle daemon is watched, s. */
  idleSeconds: number;
  /** Messages in the file that is searched. */
  rows: number;
}

/** One line of the table: all texts, with their units. */
export interface Row {
  what: string;
  measured: string;
  /** What it is measured against, in this very run. */
  floor: string;
  ratio: string;
  reach: string;
  met: boolean;
}

/** A part of the table. */
export interface Figure {
  name: string;
  /** @throws where it can't be measured */
  run(effort: Effort): Promise<Row[]>;
}

/** A row about a difference in wall time. All in ms. */
export function addedTime(what: string, ms: Sides, added: number, reach: number): Row {
  return {
    what,
    measured: millis(ms.measured),
    floor: millis(ms.floor),
    ratio: `${added < 0 ? "" : "+"}${millis(added)}`,
    reach: `≤ +${reach} ms`,
    met: added <= reach,
  };
}

/** A row about a ratio of times. In ms. */
export function timesFloor(what: string, ms: Sides, ratio: number, reach: number): Row {
  return {
    what,
    measured: millis(ms.measured),
    floor: millis(ms.floor),
    ratio: `${ratio.toFixed(2)} ×`,
    reach: `≤ ${reach} ×`,
    met: ratio <= reach,
  };
}

/** A row about a ratio of messages per second. */
export function shareOfFloor(what: string, perSecond: Sides, ratio: number, reach: number): Row {
  return {
    what,
    measured: rate(perSecond.measured),
    floor: rate(perSecond.floor),
    ratio: ratio.toFixed(2),
    reach: `≥ ${reach}`,
    met: ratio >= reach,
  };
}

/** Medians of both sides. */
export interface Sides {
  measured: number;
  floor: number;
}

export function millis(ms: number): string {
  return `${ms.toFixed(Math.abs(ms) < 10 ? 2 : Math.abs(ms) < 100 ? 1 : 0)} ms`;
}

function rate(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString("en")}/s`;
}

/** The rows as an aligned table. */
export function table(rows: Row[]): string {
  const lines = [
    ["", "measured", "floor", "ratio", "reach", ""],
    ...rows.map((row) => [
      row.what,
      row.measured,
      row.floor,
      row.ratio,
      row.reach,
      row.met ? "" : "MISSED",
    ]),
  ];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
