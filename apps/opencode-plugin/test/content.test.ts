import { describe, expect, test } from "vitest";
import { MAX_CHARS } from "../src/translate/v1/state.ts";
import { event, idAt, lastMessage, messageUpdated, NOON, partUpdated } from "./events.ts";

const at = (n: number) => idAt("prt", NOON + n);

describe("reasoning", () => {
  const thought = (n: number, text: string) =>
    partUpdated({ id: at(n), type: "reasoning", text }, NOON + n);

  test("is its parts in order, joined by a blank line, and never in the text", () => {
    const message = lastMessage([
      messageUpdated(),
      thought(3, "sécond"),
      partUpdated({ id: at(2), text: "said" }, NOON + 4),
      thought(1, "first"),
    ]);
    expect(message).toMatchObject({
      textContent: "said",
      reasoningText: "first\n\nsécond",
      // 5 + 2 + 7: "é" takes two bytes.
      reasoningBytes: 14,
    });
  });

  test("that was removed goes", () => {
    const removed = event(
      "message.part.removed",
      { sessionID: "ses_1", messageID: "msg_1", partID: at(1) },
      NOON + 9,
    );
    const message = lastMessage([messageUpdated(), thought(1, "first"), thought(2, "b"), removed]);
    expect(message).toMatchObject({ reasoningText: "b" });
  });

  test("is cut where it is longer than the wire takes, its bytes are not", () => {
    const message = lastMessage([messageUpdated(), thought(1, "a".repeat(10_000_005))]);
    expect(message.reasoningText).toHaveLength(10_000_000);
    expect(message.reasoningBytes).toBe(10_000_005);
  });

  test("counts among what is remembered", () => {
    const long = partUpdated({ messageID: "m2", type: "reasoning", text: "x".repeat(MAX_CHARS) });
    const late = partUpdated({ id: at(2), text: "late" }, NOON + 5);
    const events = [partUpdated({ id: at(1), text: "whole" }, NOON + 1), long, late];
    expect(lastMessage(events)).toMatchObject({ textContent: "late" });
  });
});

describe("attachments", () => {
  const file = (part: object, n = 1) => partUpdated({ id: at(n), type: "file", ...part }, NOON + n);
  const attachmentsOf = (...events: unknown[]) => {
    const { attachments } = lastMessage([messageUpdated({ role: "user" }), ...events]);
    return attachments ? JSON.parse(attachments) : null;
  };

  test.each([
    [
      "inline, base64",
      { mime: "image/png", filename: "a.png", url: "data:image/png;base64,AAAAAAA=" },
      { name: "a.png", type: "image/png", bytes: 5 },
    ],
    [
      "inline, as text",
      { mime: "text/plain", url: "data:text/plain,a%C3%A9" },
      { type: "text/plain", bytes: 3 },
    ],
    [
      "a file, of which a part was read",
      { mime: "text/plain", filename: "a b.txt", url: "file:///w/a%20b.txt?start=1&end=2" },
      { name: "a b.txt", type: "text/plain", path: "/w/a b.txt" },
    ],
    [
      "a file of Windows",
      { mime: "text/plain", url: "file:///C:/w/a.txt" },
      { type: "text/plain", path: "C:/w/a.txt" },
    ],
    [
      "a symbol, by its source",
      { mime: "text/plain", url: "symbol://x", source: { type: "symbol", path: "/w/a.ts" } },
      { type: "text/plain", path: "/w/a.ts" },
    ],
    ["elsewhere", { mime: "image/png", url: "https://example.org/a.png" }, { type: "image/png" }],
    ["an odd one", { mime: "a/b", url: "file://%zz" }, { type: "a/b" }],
  ])("%s", (_what, part, attachment) => {
    expect(attachmentsOf(file(part))).toEqual([attachment]);
  });

  test("several, in the parts' order", () => {
    const events = [file({ filename: "2" }, 2), file({ filename: "1" }, 1)];
    expect(attachmentsOf(...events)).toEqual([{ name: "1" }, { name: "2" }]);
  });

  test("none is none", () => {
    expect(attachmentsOf(partUpdated({ text: "hi" }))).toBeNull();
  });
});
