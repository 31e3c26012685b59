import { readFileSync } from "node:fs";
import { checkPriceData } from "@duolog/contract/prices";
import { Failure } from "../../failure.ts";

/** Where genai-prices publishes its list. Source: `REMOTE_DATA_JSON_URL` of its version 0.1.8. */
export const PUBLISHED =
  "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";

/** Longest list that is taken, bytes, and how long it may take, ms. */
const MOST_BYTES = 20_000_000;
const LIMIT_MS = 30_000;

/** The list at an https address, or in a file. Throws Failure where it can't be had, or is none. */
export async function fetchPrices(from: string): Promise<unknown[]> {
  const text = /^[a-z]+:/i.test(from) ? await download(from) : read(from);
  const checked = checkPriceData(parsed(text));
  if (checked === null) throw new Failure(`${from} is no list of prices of genai-prices`);
  return checked;
}

async function download(from: string): Promise<string> {
  if (!from.startsWith("https://")) throw new Failure("prices are taken over https alone");
  try {
    const answer = await fetch(from, { redirect: "error", signal: AbortSignal.timeout(LIMIT_MS) });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return await bounded(answer);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new Failure(`can't get prices from ${from}: ${why}`, { cause: error });
  }
}

async function bounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`can't read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
