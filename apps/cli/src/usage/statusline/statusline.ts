import { setTimeout } from "node:timers/promises";
import type { RpcReader } from "@duolog/client";
import { commandClient } from "../../daemon/rpc.ts";
import type { Place } from "../../place.ts";
import { parseStatusInput, type StatusFacts, statusText } from "./statusText.ts";

/** What the command works with. */
export interface StatuslineOptions {
  place: Place;
  input: AsyncIterable<Buffer | string>;
  /** Epoch ms. */
  now: number;
  zone: string;
}

/** Longest input that is read, and how long it is waited for, ms. */
const MOST_BYTES = 1_000_000;
const INPUT_MS = 2_000;
/** Each answer of the daemon is waited for so long, ms. */
const DEADLINE_MS = 1_500;
/** What changed since is added up for so long, ms; what is not is told at the next look. */
const CATCH_UP_MS = 200;

/**
 * The line for Claude Code's status line. Empty where anything is wrong: the input, or no daemon runs,
 * for it starts none. Never rejects.
 */
export async function statusline(options: StatuslineOptions): Promise<string> {
  try {
    const input = parseStatusInput(await within(INPUT_MS, readAll(options.input)));
    if (input === null) return "";
    return statusText(input, await factsOf(input.session, options));
  } catch {
    // Whatever it is, Claude Code shows what is written here, and its user did not ask.
    return "";
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = setTimeout(ms, undefined, { ref: false }).then(() => {
    throw new Error("no input came");
  });
  return Promise.race([work, late]);
}

async function readAll(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MOST_BYTES) throw new Error("longer than an input is");
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}

async function factsOf(session: string, options: StatuslineOptions): Promise<StatusFacts> {
  const rpc = commandClient(options.place, DEADLINE_MS);
  try {
    return await readFacts(rpc.reader, session, options);
  } finally {
    await rpc.close();
  }
}

async function readFacts(
  reader: RpcReader,
  session: string,
  { now, zone: timezone }: StatuslineOptions,
): Promise<StatusFacts> {
  await reader.usage.catchUp({ waitMs: CATCH_UP_MS });
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: timezone }).format(now);
  const [own, day, blocks] = await Promise.all([
    reader.usage.report({ by: "month", timezone, session }),
    reader.usage.report({ by: "day", timezone, fromDay: today, toDay: today }),
    reader.usage.blocks({ since: now }),
  ]);
  const open = blocks.find(({ isActive }) => isActive);
  return {
    session: own.totals.totalCost,
    today: day.totals.totalCost,
    block: open ? { cost: open.totalCost, leftMs: open.end - now } : null,
  };
}
