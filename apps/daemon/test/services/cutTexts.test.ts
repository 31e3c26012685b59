import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import type { IngestRecord } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { deflateLarge, hashOf, KEPT_BYTES, outline } from "../../src/services/longText.ts";
import { blobOf } from "../../src/storage/record/blobs.ts";
import { cut } from "../../src/storage/record/cut.ts";

const GAP = "\n\n[… cut …]\n\n";
/** Three quarters and one quarter of 1 MiB. */
const HEAD = 768 * 1024;
const TAIL = 256 * 1024;

const call = (data: object): IngestRecord => ({
  kind: "toolCall",
  data: { id: "t", sessionId: "s", ...data },
});
const sha = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);

test("1 MiB is kept by default, of which the head is three quarters", () => {
  expect([KEPT_BYTES, HEAD + TAIL]).toEqual([1_048_576, 1_048_576]);
});

describe("a text stays in its row up to 512 bytes of UTF-8", () => {
  test.each([
    ["one byte", "x", 1],
    ["512 of one byte", "x".repeat(512), 512],
    ["170 of three and two of one", `${"€".repeat(170)}ab`, 512],
    ["128 of four", "😀".repeat(128), 512],
  ])("%s", (_what, output, outputBytes) => {
    expect(outline(call({ output }), KEPT_BYTES)).toEqual({
      record: call({ output, outputBytes }),
      texts: [],
    });
  });

  test.each([
    ["513 of one byte", "x".repeat(513), 513],
    ["171 of three", "€".repeat(171), 513],
    ["129 of four", "😀".repeat(129), 516],
  ])("%s lie outside", (_what, output, bytes) => {
    const hash = sha(output);
    expect(outline(call({ output }), KEPT_BYTES)).toEqual({
      record: call({ output: null, outputHash: hash, outputBytes: bytes }),
      texts: [{ hash, bytes, kept: output, isCut: false }],
    });
  });

  test("none, an empty one and a size without a text are left as they are", () => {
    for (const data of [{}, { output: null }, { output: "" }, { outputBytes: 7 }]) {
      expect(outline(call(data), KEPT_BYTES)).toEqual({ record: call(data), texts: [] });
    }
  });

  test("every long text of a record, and no other", () => {
    const [input, output, error] = ["i", "o", "e"].map((letter) => letter.repeat(600));
    const { record, texts } = outline(call({ input, output, error }), KEPT_BYTES);
    expect(record.data).toMatchObject({ input: null, output: null, error });
    expect(texts.map(({ kept }) => kept)).toEqual([input, output]);
  });
});

test("the size is that of the whole, which the sender may have cut before", () => {
  const whole = { record: call({ output: "short", outputBytes: 9_000 }), texts: [] };
  expect(outline(call({ output: "short", outputBytes: 9_000 }), KEPT_BYTES)).toEqual(whole);
  // Of a size that can't be, the text's own is taken.
  expect(outline(call({ output: "short", outputBytes: 2 }), KEPT_BYTES).record).toEqual(
    call({ output: "short", outputBytes: 5 }),
  );
  const long = "x".repeat(600);
  expect(outline(call({ output: long, outputBytes: 9_000 }), KEPT_BYTES).texts).toMatchObject([
    { bytes: 9_000, isCut: false },
  ]);
});

describe("2,048 bytes are stored as they are, more are compressed", () => {
  const stored = (kept: string, isCut = false) =>
    blobOf({ hash: sha(kept), bytes: Buffer.byteLength(kept), kept, isCut });

  test.each([
    ["2,048 of one byte", "x".repeat(2_048)],
    ["682 of three and two of one", `${"€".repeat(682)}ab`],
  ])("%s", (_what, kept) => {
    expect(stored(kept)).toMatchObject({ text: kept, deflated: null, bytes: 2_048, isCut: false });
  });

  test.each([
    ["2,049 of one byte", "x".repeat(2_049)],
    ["683 of three", "€".repeat(683)],
    ["every character", String.fromCodePoint(...Array.from({ length: 3_000 }, (_, i) => i + 1))],
  ])("%s", (_what, kept) => {
    const { text, deflated } = stored(kept);
    expect(text).toBeNull();
    expect(inflateSync(deflated ?? "").toString()).toBe(kept);
  });

  test("a text of more than 1 MiB and a bit is compressed beside the event loop, to the same bytes", async () => {
    const kept = "0123456789".repeat(105_000);
    const text = { hash: sha(kept), bytes: kept.length, kept, isCut: false };
    const deflated = await deflateLarge([text, { ...text, hash: "small", kept: "x" }]);
    expect([...deflated.keys()]).toEqual([text.hash]);
    expect(deflated.get(text.hash)).toEqual(blobOf(text).deflated);
  });
});

describe("beyond what is kept there is the head and the tail, never half a character", () => {
  const cutBytes = (text: string) => {
    const [head = "", tail = "", ...more] = cut(text, KEPT_BYTES).split(GAP);
    expect(more).toEqual([]);
    expect(text.startsWith(head)).toBe(true);
    expect(text.endsWith(tail)).toBe(true);
    return [Buffer.byteLength(head), Buffer.byteLength(tail)];
  };

  test("1 MiB is whole, in any script", () => {
    for (const text of ["x".repeat(KEPT_BYTES), "😀".repeat(KEPT_BYTES / 4)]) {
      expect(cut(text, KEPT_BYTES)).toBe(text);
    }
  });

  test.each([
    ["one byte more", `${"x".repeat(KEPT_BYTES)}y`, HEAD, TAIL],
    ["three times as much", "x".repeat(3 * KEPT_BYTES), HEAD, TAIL],
    // Cuts at multiples of four.
    ["of four bytes each", "😀".repeat(KEPT_BYTES / 2), HEAD, TAIL],
    // 786,432 is a multiple of three. The tail begins with byte 1,048,578 - 262,144 = 786,434,
    // the last of the character at 786,432.
    ["of three bytes each", "€".repeat(349_526), HEAD, TAIL + 2],
    // The character at 1 + 3 × 262,143 = 786,430 would be cut after its second byte. 1,048,579 in
    // all: the tail would begin with byte 786,435, the last of the character at 786,433.
    ["one, then of three each", `x${"€".repeat(349_526)}`, HEAD - 2, TAIL + 2],
    // 786,432 = 3 + 4 × 196,607 + 1: three bytes of the character before would be cut off.
    // 3 + 4 × 262,200 = 1,048,803; minus 262,144 is 786,659 = 3 + 4 × 196,664.
    ["three, then of four each", `abc${"😀".repeat(262_200)}`, HEAD - 1, TAIL],
  ])("%s", (_what, text, head, tail) => {
    expect(cutBytes(text)).toEqual([head, tail]);
  });

  test("its hash and size are the whole's", () => {
    const output = `${"x".repeat(KEPT_BYTES)}y`;
    expect(outline(call({ output }), KEPT_BYTES).texts).toEqual([
      { hash: sha(output), bytes: KEPT_BYTES + 1, kept: cut(output, KEPT_BYTES), isCut: true },
    ]);
    expect(hashOf(output)).toBe(sha(output));
  });

  test("as much as a user wants, or nothing", () => {
    expect(cut("0123456789", 8)).toBe(`012345${GAP}89`);
    expect(cut("0123456789", 10)).toBe("0123456789");
    const [none] = outline(call({ output: "x".repeat(513) }), 0).texts;
    expect(none).toMatchObject({ bytes: 513, kept: "", isCut: true });
    expect(blobOf(none ?? { hash: "", bytes: 0, kept: "x", isCut: false })).toMatchObject({
      bytes: 513,
      text: null,
      deflated: null,
      isCut: true,
    });
  });
});
