import { describe, expect, test } from "vitest";
import { answer, type Json, message, prompt, session } from "./lines.ts";

const attachments = (...lines: Json[]) =>
  JSON.parse(String(message(...lines)?.attachments ?? "[]"));

describe("what was given beside a prompt's text", () => {
  const base64 = (media_type: string, data: string) => ({ type: "base64", media_type, data });
  const attached = (attachment: Json) => ({
    type: "attachment",
    sessionId: "s",
    uuid: "f",
    attachment,
  });

  test("images and documents, named with type and size, never kept", () => {
    const line = prompt([
      { type: "text", text: "look" },
      { type: "image", source: base64("image/png", "AAAAAA==") },
      { type: "document", title: "a.pdf", source: base64("application/pdf", "AAAA") },
      { type: "image", source: { type: "url", url: "https://x/y.png" } },
    ]);
    expect(attachments(line)).toEqual([
      { type: "image/png", bytes: 4 },
      { name: "a.pdf", type: "application/pdf", bytes: 3 },
      { type: "image", path: "https://x/y.png" },
    ]);
    expect(message(line)?.textContent).toBe("look");
  });

  test("files that were mentioned, on the lines behind it", () => {
    const file = attached({
      type: "file",
      filename: "/w/a.ts",
      content: { type: "text", file: { content: "é" } },
    });
    const image = attached({
      type: "file",
      filename: "/w/b.png",
      content: { type: "image", file: { base64: "AAAA", type: "image/png", originalSize: 3 } },
    });
    const directory = attached({ type: "directory", path: "/w/src", content: "a\nb" });
    const expected = [
      { name: "a.ts", type: "text/plain", bytes: 2, path: "/w/a.ts" },
      { name: "b.png", type: "image/png", bytes: 3, path: "/w/b.png" },
      { name: "src", type: "inode/directory", path: "/w/src" },
    ];
    expect(attachments(prompt("@a.ts"), file, image, directory)).toEqual(expected);
  });

  test("not what Claude Code adds of its own, nor after an answer", () => {
    const file = attached({ type: "file", filename: "/w/a", content: {} });
    const reminder = attached({ type: "todo_reminder", content: [] });
    expect(attachments(prompt("x"), reminder)).toEqual([]);
    expect(attachments(prompt("x"), answer("z", "y"), file)).toEqual([]);
  });
});

describe("an answer's other columns", () => {
  const thinking = (text: string, uuid: string, apiBlockIndex?: number) =>
    answer("a", "", {
      line: { uuid, apiBlockIndex },
      message: { content: [{ type: "thinking", thinking: text, signature: "s" }] },
    });

  test("what the model thought, in order, apart from the text", () => {
    const lines = [thinking("hm", "1", 0), answer("a", "so", { line: { apiBlockIndex: 1 } })];
    expect(message(...lines, thinking("é", "3", 2))).toMatchObject({
      textContent: "so",
      reasoningText: "hm\n\né",
      reasoningBytes: 6,
    });
  });

  test("thoughts that grow are one, and those that are kept from us none", () => {
    expect(message(thinking("h", "1"), thinking("hm", "2"))).toMatchObject({ reasoningText: "hm" });
    const redacted = answer("a", "", {
      message: { content: [{ type: "redacted_thinking", data: "x" }] },
    });
    expect(message(thinking("", "1"), redacted)).not.toHaveProperty("reasoningText");
  });

  test("its request, and the writes to the cache that last an hour", () => {
    const usage = {
      cache_creation_input_tokens: 9,
      cache_creation: { ephemeral_1h_input_tokens: 4, ephemeral_5m_input_tokens: 5 },
    };
    expect(
      message(answer("a", "x", { line: { requestId: "r" }, message: { usage } })),
    ).toMatchObject({
      requestId: "r",
      cacheWriteTokens: 9,
      cacheWrite1hTokens: 4,
    });
  });

  test("what it cost and took, as versions to 1.0.8 told", () => {
    const line = { costUSD: 0.0123, durationMs: 4321 };
    expect(message(answer("a", "x", { line }))).toMatchObject({ cost: 0.0123, durationMs: 4321 });
  });

  test.each([true, false])("whether it is a sidechain's: %s", (isSidechain) => {
    expect(message(answer("a", "x", { line: { isSidechain } }))).toMatchObject({ isSidechain });
    expect(message(prompt("x", { isSidechain }))).toMatchObject({ isSidechain });
  });
});

test("a session's lines of code and its cache of an hour, as Claude Code counts them", () => {
  const cost = (totalLinesAdded: number, oneHour: number) => ({
    type: "cost-state",
    sessionId: "s",
    totalLinesAdded,
    totalLinesRemoved: 1,
    modelUsage: { a: { cacheCreationEphemeral1hInputTokens: oneHour }, b: {} },
  });
  expect(session(prompt("x"), cost(2, 5), cost(3, 7))).toMatchObject({
    linesAdded: 3,
    linesRemoved: 1,
    cacheWrite1hTokens: 7,
  });
});
