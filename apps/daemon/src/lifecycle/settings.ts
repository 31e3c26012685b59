import { join } from "node:path";
import { type DataPaths, readOwn } from "@duolog/client/local";
import { KEPT_BYTES } from "../services/longText.ts";

/** How much is kept of a tool's output, and of any other text that lies in `blobs`, in bytes. */
const OUTPUTS = { full: Number.POSITIVE_INFINITY, "1m": KEPT_BYTES, none: 0 };

/** What `settings.json` in the data directory says, and what is wrong with it. */
export interface Settings {
  /** Of a long text so many bytes are kept. */
  keptBytes: number;
  problem: string | null;
}

/**
 * Reads `settings.json`: `{"outputs": "full" | "1m" | "none"}`. What it does not say, or says wrong,
 * is as if it was not there. Throws like fs.
 */
export function readSettings({ root }: DataPaths): Settings {
  const text = readOwn(join(root, "settings.json"));
  const told = text === null ? {} : parse(text);
  if (told === null)
    return { keptBytes: KEPT_BYTES, problem: "settings.json holds no JSON object" };
  const { outputs = "1m" } = told;
  if (isOutputs(outputs)) return { keptBytes: OUTPUTS[outputs], problem: null };
  return { keptBytes: KEPT_BYTES, problem: 'settings.json: "outputs" is none of full, 1m, none' };
}

function isOutputs(value: unknown): value is keyof typeof OUTPUTS {
  return typeof value === "string" && Object.hasOwn(OUTPUTS, value);
}

function parse(text: string): { outputs?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
