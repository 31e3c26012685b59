import { describe, expect, test } from "vitest";
import { answer, type Json, prompt, read } from "./lines.ts";

const spread = (text: string, more: Json = {}): Json => ({ ...text.split(""), ...more });
const said = (message: unknown) => ({ type: "assistant", sessionId: "s", uuid: "e", message });

describe("a message in a broken shape gives no empty row, and is told", () => {
  test.each<[string, Json, string]>([
    [
      "a text taken for an object",
      said(spread('{"id":"msg_1"}', { content: [] })),
      "assistant: an empty message",
    ],
    [
      "the same, with a model",
      said(spread("{}", { content: [], model: "m" })),
      "assistant: an empty message",
    ],
    ["an array", said([{ type: "text", text: "x" }]), "assistant: no message"],
    ["a text", said("x"), "assistant: no message"],
    ["null", said(null), "assistant: no message"],
    ["content that is an object", said({ id: "m", content: {} }), "assistant: no content"],
    ["content that is a number", said({ id: "m", content: 7 }), "assistant: no content"],
    ["content of nothing", said({ id: "m", content: [] }), "assistant: an empty message"],
    ["texts that are none", said({ id: "m", content: [7, ["x"]] }), "assistant: an empty message"],
    ["an empty text", said({ id: "m", content: "" }), "assistant: an empty message"],
    ["a prompt that is an object", prompt({ text: "x" }), "user: no message.content"],
    [
      "a prompt that is spread",
      prompt(undefined, { message: spread("hi") }),
      "user: no message.content",
    ],
    [
      "an attachment that is a list",
      { type: "attachment", uuid: "e", attachment: [] },
      "attachment: no attachment",
    ],
    [
      "a queue's operation that is none",
      { type: "queue-operation", operation: 7 },
      "queue-operation: no operation",
    ],
    [
      "a count whose models are a list",
      { type: "cost-state", modelUsage: [] },
      "cost-state: no modelUsage",
    ],
    [
      "a title that is a list",
      { type: "custom-title", customTitle: ["x"] },
      "custom title: no text",
    ],
  ])("%s", (_what, line, reason) => {
    const { broken, rows } = read([line, answer("a", "after")]);
    expect(broken).toEqual([reason]);
    expect(rows.told().messages).toMatchObject([{ id: "a" }]);
  });
});

describe("what can be read beside a broken part is kept, and the part is told", () => {
  const usage = (usage: unknown) => answer("a", "kept", { message: { usage } });
  test.each<[string, Json, string[]]>([
    ["a usage that is a text", usage("none"), ["assistant: usage is no object"]],
    ["a usage that is a list", usage([5, 7]), ["assistant: usage is no object"]],
    ["a usage that is null", usage(null), []],
    ["no usage", usage(undefined), []],
    [
      "a block that is a text",
      answer("a", null, { message: { content: ["x", { type: "text", text: "kept" }] } }),
      ["assistant: a content block in a broken shape"],
    ],
    [
      "a text that is a number",
      answer("a", null, {
        message: {
          content: [
            { type: "text", text: 7 },
            { type: "text", text: "kept" },
          ],
        },
      }),
      ["assistant: a content block in a broken shape"],
    ],
    [
      "a text that is spread beside the content",
      answer("a", "kept", { message: spread("{}") }),
      ["assistant: a message of single characters"],
    ],
    [
      "a prompt's block that is null",
      prompt([null, { type: "text", text: "kept" }]),
      ["user: a content block in a broken shape"],
    ],
  ])("%s", (_what, line, reasons) => {
    const { broken, rows } = read([line]);
    expect(broken).toEqual(reasons);
    expect(rows.told().messages).toMatchObject([{ textContent: "kept" }]);
  });

  test("a call without an id, and a result without its call", () => {
    const call = answer("a", null, { message: { content: [{ type: "tool_use", name: "Bash" }] } });
    const result = prompt([{ type: "tool_result", content: "x" }]);
    const { broken, rows } = read([call, result]);
    expect(broken).toEqual([
      "assistant: a content block in a broken shape",
      "user: a content block in a broken shape",
    ]);
    expect(rows.told().toolCalls).toEqual([]);
  });

  test("a compaction whose facts are a list", () => {
    const line = { type: "system", subtype: "compact_boundary", uuid: "e", compactMetadata: [] };
    const { broken, rows } = read([line]);
    expect(broken).toEqual(["system: compactMetadata is no object"]);
    expect(rows.told().events).toMatchObject([{ id: "e", kind: "compaction" }]);
  });

  test("nothing of it on a line of another type", () => {
    expect(read([{ type: "brand-new", message: { usage: 7, content: [7] } }]).broken).toEqual([]);
  });
});
