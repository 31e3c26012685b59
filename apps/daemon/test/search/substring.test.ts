import type { Hit } from "@duolog/contract/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SubstringQuery, substringSearch } from "../../src/substring/substringSearch.ts";
import { T } from "../rows.ts";
import { type SearchBed, searchBed } from "./bed.ts";
import { call, message, session } from "./records.ts";

let bed: SearchBed;

beforeEach(async () => {
  bed = await searchBed();
  await bed.ingest([
    session("old", { updatedAt: T, projectPath: "/home/ada/garden" }),
    session("new", { updatedAt: T + 1_000_000 }),
    session("fork", { updatedAt: T + 2_000_000, forkedFromId: "new" }),
    message("old", "o", "100 % of foo->bar(İ)", { role: "assistant" }),
    message("new", "n1", "xFOO->BARx", { reasoningText: `deep ${"thought ".repeat(900)}end?!` }),
    message("new", "n2", "FOO->BAR again"),
    message("fork", "n2", "FOO->BAR again"),
    call("new", "c", {
      input: JSON.stringify({ text: 'say "foo->bar"\n' }),
      output: `${"line\n".repeat(3_000)}the foo->bar end`,
      filePath: "/x/a.ts",
    }),
  ]);
});

afterEach(async () => {
  await bed.close();
  bed.directory[Symbol.dispose]();
});

async function found(words: string, more: Partial<SubstringQuery> = {}): Promise<Hit[]> {
  const hits: Hit[] = [];
  const query = { words, in: ["messages" as const], limit: 10, each: true, ...more };
  await substringSearch(bed.database, query, async (hit) => {
    hits.push(hit);
  });
  return hits;
}

const ids = (hits: Hit[]) => hits.map(({ toolCallId, messageId }) => toolCallId ?? messageId);

test.each([
  ["oo->b", {}, ["n2", "n1", "o"]],
  ["0 %", {}, ["o"]],
  ["%", {}, ["o"]],
  ["_", {}, []],
  ["", {}, []],
  ["oo->b", { role: "assistant" }, ["o"]],
  ["oo->b", { project: "/home/ada" }, ["o"]],
  ["oo->b", { session: "fork" }, ["n2"]],
  ["oo->b", { without: ["new"] }, ["n2", "o"]],
  ["oo->b", { limit: 2 }, ["n2", "n1"]],
  ["oo->b", { each: false }, ["n2", "o"]],
  ['"foo->bar"', { in: ["tools"] }, ["c"]],
  ["foo->bar end", { in: ["outputs"] }, ["c"]],
  ["foo->bar end", { in: ["outputs"], file: "a.ts" }, ["c"]],
  ["foo->bar end", { in: ["outputs"], file: "b.ts" }, []],
  ["foo->bar end", { in: ["outputs"], tool: "BASH" }, ["c"]],
  ["end?!", { in: ["reasoning"] }, ["n1"]],
] as [string, Partial<SubstringQuery>, string[]][])("%j %j", async (words, more, expected) => {
  expect(ids(await found(words, more))).toEqual(expected);
});

test("a hit tells where it is, and marks it", async () => {
  const [hit] = await found("oo->b", { in: ["outputs"] });
  expect(hit).toMatchObject({ sessionId: "new", toolCallId: "c", in: "outputs", tool: "bash" });
  const marked = hit?.marks.map(([start, end]) => hit.excerpt.slice(start, end));
  expect(marked).toEqual(["oo->b"]);
  const [more] = await found("foo->bar", { each: false });
  expect([more?.messageId, more?.more]).toEqual(["n2", 1]);
});
