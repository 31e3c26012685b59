import type { ToolSummary } from "@duolog/contract";

/** What calls came to, tool by tool. */
export class ToolTotals {
  readonly #tools = new Map<string | null, { total: ToolSummary; durations: number[] }>();

  add(name: string | null, status: string | null, durationMs: number | null): void {
    const { total, durations } = this.#tools.get(name) ?? blank(name);
    this.#tools.set(name, { total, durations });
    total.calls++;
    if (status === "error") total.errors++;
    if (status === "denied") total.denied++;
    if (status === "interrupted") total.interrupted++;
    if (durationMs !== null) durations.push(durationMs);
  }

  /** The most called first. */
  list(): ToolSummary[] {
    const totals = [...this.#tools.values()].map(({ total, durations }) => ({
      ...total,
      ...spread(durations),
    }));
    return totals.sort((a, b) => b.calls - a.calls || ((a.name ?? "") < (b.name ?? "") ? -1 : 1));
  }
}

function blank(name: string | null) {
  const counts = { calls: 0, errors: 0, denied: 0, interrupted: 0 };
  return { total: { name, ...counts, medianMs: null, longestMs: null }, durations: [] };
}

function spread(durations: number[]): Pick<ToolSummary, "medianMs" | "longestMs"> {
  const sorted = Float64Array.from(durations).sort();
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) return { medianMs: null, longestMs: null };
  return { medianMs: (low + high) / 2, longestMs: sorted.at(-1) ?? null };
}
