import { PassThrough, type Readable, type Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Known, serveFront } from "../../src/mcp/front/front.ts";

const KNOWN: Known = {
  initialize: { protocolVersion: "x" },
  tools: { tools: [{ name: "search" }] },
};
const INITIALIZE = said(0, "initialize", {
  protocolVersion: "2025-11-25",
  clientInfo: { name: "é😀" },
});
const INITIALIZED = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
const CALL = said(7, "tools/call", { name: "search", arguments: { words: "größe 😀" } });

function said(id: unknown, method: string, params: object = {}): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** What the front answers to chunks, and what the server behind hears; that answers with what it heard. */
async function talk(chunks: Buffer[], known: Known | null = KNOWN) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let heard: string | null = null;
  const behind = (hears: Readable, speaks: Writable) => {
    heard = "";
    speaks.write(`${JSON.stringify({ jsonrpc: "2.0", id: 0, result: "behind" })}\n`);
    speaks.write(`${JSON.stringify({ jsonrpc: "2.0", id: 7, result: "found" })}\n`);
    hears.on("data", (chunk) => {
      heard = Buffer.concat([Buffer.from(heard ?? "", "latin1"), chunk]).toString("latin1");
    });
  };
  serveFront(input, output, known, behind);
  for (const chunk of chunks) input.write(chunk);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const lines = String(output.read() ?? "")
    .trim()
    .split("\n")
    .filter(Boolean);
  return {
    answers: lines.map((line) => JSON.parse(line)),
    heard: heard === null ? null : Buffer.from(heard, "latin1").toString("utf8"),
  };
}

const bytes = (...lines: string[]) => [Buffer.from(lines.map((line) => `${line}\n`).join(""))];

describe("what every server is asked first is answered, and starts nothing", () => {
  test.each([
    ["initialize", INITIALIZE, { id: 0, result: { protocolVersion: "2025-11-25" } }],
    [
      "an older revision",
      said(0, "initialize", { protocolVersion: "2024-11-05" }),
      { id: 0, result: { protocolVersion: "2024-11-05" } },
    ],
    ["tools/list", said("a", "tools/list"), { id: "a", result: KNOWN.tools }],
    ["ping", said(3, "ping"), { id: 3, result: {} }],
    [
      "a newer beginning",
      said("p", "server/discover"),
      { id: "p", error: { code: -32601, message: "Method not found" } },
    ],
  ])("%s", async (_, line, answer) => {
    const { answers, heard } = await talk(bytes(line));
    expect(answers).toEqual([{ jsonrpc: "2.0", ...answer }]);
    expect(heard).toBeNull();
  });

  test("and what is only told is heard", async () => {
    expect(await talk(bytes(INITIALIZED, "", said(undefined, "notifications/cancelled")))).toEqual({
      answers: [],
      heard: null,
    });
  });
});

test("a question starts the server behind, which hears the beginning and whose answer to it is left out", async () => {
  const { answers, heard } = await talk(
    bytes(INITIALIZE, INITIALIZED, said(1, "tools/list"), CALL),
  );
  expect(heard).toBe(`${INITIALIZE}\n${INITIALIZED}\n${CALL}\n`);
  expect(answers.map(({ id, result }) => [id, result])).toEqual([
    [0, { protocolVersion: "2025-11-25" }],
    [1, KNOWN.tools],
    [7, "found"],
  ]);
});

test.each([
  ["another revision", [said(0, "initialize", { protocolVersion: "2027-01-01" })]],
  ["a page of tools", [said(0, "tools/list", { cursor: "x" })]],
  ["another method", [said(0, "prompts/list")]],
  ["no JSON", ["{"]],
  ["no message", ["[]"]],
])("%s is the server's behind", async (_, lines) => {
  expect((await talk(bytes(...lines))).heard).toBe(`${lines.join("\n")}\n`);
});

test("where nothing is known, all is the server's behind", async () => {
  const { answers, heard } = await talk(bytes(INITIALIZE, INITIALIZED), null);
  expect(heard).toBe(`${INITIALIZE}\n${INITIALIZED}\n`);
  expect(answers.map(({ id }) => id)).toEqual([0, 7]);
});

test("however the bytes come, no message is lost, torn or told twice", async () => {
  const all = Buffer.from(`${[INITIALIZE, INITIALIZED, CALL, said(8, "ping"), CALL].join("\n")}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(all.length), { maxLength: 12 }), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), all.length];
      const chunks = at.slice(1).map((end, n) => all.subarray(at[n], end));
      const { answers, heard } = await talk(chunks);
      expect(heard).toBe(`${[INITIALIZE, INITIALIZED, CALL, said(8, "ping"), CALL].join("\n")}\n`);
      expect(answers.map(({ id }) => id)).toEqual([0, 7]);
    }),
  );
});
