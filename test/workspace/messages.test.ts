import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

function sources(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(ROOT, directory, name), "utf8"));
}

/** What a source gives to a log: an event, or one of two. */
function eventsOf(source: string): string[] {
  const calls = source.matchAll(/\blog(?:\.(?:info|warn|error))?\(([^;]*?)(?:, |\))/g);
  return [...calls].flatMap(([, first = ""]) =>
    [...first.matchAll(/"([^"]+)"/g)].map(([, event = ""]) => event),
  );
}

test.each(["apps/daemon/src", "apps/claude-code-plugin/src"])(
  "lode/operations.md tells of every event that %s logs",
  (directory) => {
    const page = readFileSync(join(ROOT, "lode/operations.md"), "utf8");
    const events = sources(directory).flatMap(eventsOf);
    expect(events.length).toBeGreaterThan(3);
    expect(events.filter((event) => !page.includes(`\`${event}\``))).toEqual([]);
  },
);

/** What stands in a source as it is, `…` for what is filled in. */
function refusalsOf(source: string): string[] {
  const texts = source.matchAll(
    /new (?:Failure|StorageRefusal)\(\s*(?:"[\w-]+",\s*)?(?:`((?:\\.|[^`\\])*)`|"([^"]*)")/g,
  );
  return [...texts].map(([, template, plain]) =>
    (template ?? plain ?? "").replaceAll(/\$\{[^}]*\}/g, "…").replaceAll("\\`", "'"),
  );
}

test("lode/operations.md tells what to do about every refusal of the commands and the database", () => {
  const page = readFileSync(join(ROOT, "lode/operations.md"), "utf8").replaceAll("\\`", "'");
  const quoted = [...page.matchAll(/`([^`\n]{8,})`/g)].map(([, text = ""]) => text.split("…"));
  const isTold = (refusal: string) =>
    quoted.some((parts) => parts.every((part) => refusal.includes(part.trim())));
  const refusals = ["apps/cli/src", "apps/daemon/src"].flatMap(sources).flatMap(refusalsOf);
  expect(refusals.length).toBeGreaterThan(15);
  expect(refusals.filter((refusal) => !isTold(refusal))).toEqual([]);
});
