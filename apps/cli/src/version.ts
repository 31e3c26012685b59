import { readFileSync } from "node:fs";

/** The version of this program, as its package.json says. */
export function ownVersion(): string {
  // One step up from the bundle in dist/, and from this file in src/.
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
