/** The floor of an import: reads every transcript below a directory, and parses each line. Prints how long it took, ms. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [directory = ""] = process.argv.slice(2);
const began = performance.now();
let lines = 0;
for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".jsonl")) continue;
  for (const line of readFileSync(join(directory, name), "utf8").split("\n")) {
    if (line !== "" && JSON.parse(line) !== null) lines++;
  }
}
if (lines === 0) throw new Error("nothing to read");
process.stdout.write(String(performance.now() - began));
