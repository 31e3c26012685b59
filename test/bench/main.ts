/**
 * `npm run bench -- [figure …] [--rounds N] [--scale F] [--idle SECONDS] [--rows N]`: the figures of
 * lode/performance.md, each beside its floor measured in the same run.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Effort, type Row, table } from "./figure.ts";
import { claudeTurn, opencodeRun } from "./figures/agents.ts";
import { big } from "./figures/big.ts";
import { exporting } from "./figures/export.ts";
import { hook } from "./figures/hook.ts";
import { idle } from "./figures/idle.ts";
import { importHistory } from "./figures/import.ts";
import { list } from "./figures/list.ts";
import { mcp } from "./figures/mcp.ts";
import { daemonStart, freshClient } from "./figures/processes.ts";
import { reads } from "./figures/reads.ts";
import { search } from "./figures/search.ts";
import { size } from "./figures/size.ts";
import { calls, throughput } from "./figures/throughput.ts";
import { upsert } from "./figures/upsert.ts";
import { usage } from "./figures/usage.ts";

const FIGURES = [
  hook,
  claudeTurn,
  opencodeRun,
  throughput,
  calls,
  size,
  importHistory,
  upsert,
  freshClient,
  daemonStart,
  mcp,
  idle,
  big,
  reads,
  exporting,
  usage,
  list,
  search,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "9" },
    scale: { type: "string", default: "1" },
    idle: { type: "string", default: "20" },
    rows: { type: "string", default: "100000" },
  },
});

const names = FIGURES.map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no such figure: ${unknown.join(", ")} (there are ${names.join(", ")})\n`);
  process.exit(2);
}

const effort: Effort = {
  rounds: Number(values.rounds),
  scale: Number(values.scale),
  idleSeconds: Number(values.idle),
  rows: Number(values.rows),
};
const chosen = FIGURES.filter(({ name }) => !positionals.length || positionals.includes(name));
const rows: Row[] = [];
for (const figure of chosen) {
  process.stderr.write(`${figure.name} (load ${loadavg()[0]?.toFixed(1)}) …\n`);
  rows.push(...(await figure.run(effort)));
}
process.stdout.write(table(rows));
