import { type Node, Parser } from "commonmark";
import fc from "fast-check";
import { expect, test } from "vitest";
import { proseLines } from "../../src/export/markdown/prose.ts";

test.each([
  ["a word", ["a word"]],
  ["# Title", ["#### Title"]],
  ["###### deep", ["###### deep"]],
  ["- # in a list", ["- #### in a list"]],
  ["Title\n=====", ["Title", "\\====="]],
  ["Title\n---", ["Title", "", "---"]],
  ["see <script>", ["see &lt;script>"]],
  ["`a < b` and `c`", ["<code>a &#60; b</code> and `c`"]],
  ["![x](http://a.test/x.png)", ["&#33;[x](http://a.test/x.png)"]],
  ["```ts\na\n```\nb", ["```ts", "a", "```", "b"]],
  ["1. one\n   ```\n   a\n   ```\n2. two", ["1. one", "```", "a", "```", "2. two"]],
  ["~~~\na\n```\nb\n~~~", ["````", "a", "```", "b", "````"]],
  ["```\nnever closed\n# no heading", ["```", "never closed", "# no heading", "```"]],
  ["> ```\n> a", ["> \\```", "> a"]],
])("%j", (text, lines) => {
  expect(proseLines(text)).toEqual(lines);
});

/** All that stands in a document. */
function nodesOf(markdown: string): Node[] {
  const nodes: Node[] = [];
  const walker = new Parser().parse(markdown).walker();
  for (let step = walker.next(); step; step = walker.next())
    if (step.entering) nodes.push(step.node);
  return nodes;
}

const PIECES = [
  ..."`~<>#-=*_![]()\\&\n\n\n\t   >a1.",
  "```",
  "````js",
  "~~~",
  "~~~ `",
  "    ",
  "  ```\n",
  "- ",
  "1. ",
  "> ",
  "<script>alert(1)</script>",
  "<!--",
  "<details>",
  "<https://a.test>",
  "![x](http://a.test/x.png)",
  "![",
  "# ",
  "`a",
  "word",
  "&lt;",
  "[x]: javascript:alert(1)\n",
];

test("nothing that is said leaves its place: no tag, no picture, no heading of ours, no open code", () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, (said) => {
      const behind = "\n\n## Assistant\n";
      const nodes = nodesOf(`## User\n\n${proseLines(said).join("\n")}${behind}`);
      const tags = nodes.filter(({ type }) => type === "html_inline" || type === "html_block");
      expect(tags.filter(({ literal }) => !/^<\/?code>$/.test(literal ?? ""))).toEqual([]);
      expect(nodes.filter(({ type }) => type === "image")).toEqual([]);
      const headings = nodes.filter(({ type, level }) => type === "heading" && level < 4);
      expect(headings.map(({ firstChild }) => firstChild?.literal)).toEqual(["User", "Assistant"]);
    }),
    { numRuns: 5_000 },
  );
});
