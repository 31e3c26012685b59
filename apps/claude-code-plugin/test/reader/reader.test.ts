import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { TranscriptReader } from "../../src/reader/transcriptReader.ts";
import { Rows } from "../translate/rows.ts";
import { readAll } from "./reading.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "duolog-reader-")));
afterAll(() => rmSync(root, { recursive: true }));

const isRoot = process.getuid?.() === 0;
/** `nobody` by its usual number. */
const NOBODY = 65_534;

const OWNER = { sessionId: "s", agentId: null, agentType: null };
const prompt = (uuid: string, content: unknown = uuid) =>
  `${JSON.stringify({ type: "user", uuid, sessionId: "s", message: { content } })}\n`;

/** Puts a link to the other directory in the first one's place and takes it away, again and again. */
const SWAP = `const fs = require("node:fs");
  const [own, other] = process.argv.slice(1);
  for (;;) {
    fs.renameSync(own, own + ".real");
    fs.symlinkSync(other, own);
    fs.unlinkSync(own);
    fs.renameSync(own + ".real", own);
  }`;
const LONG = "long ".repeat(100);

let path = "";
let count = 0;
beforeEach(() => {
  count += 1;
  path = join(root, `${count}.jsonl`);
});

const texts = (reader: TranscriptReader) =>
  new Rows()
    .add(readAll(reader).records)
    .told()
    .messages.map(({ textContent }) => textContent);

describe("a transcript is read from where it was left", () => {
  test("half a line is not there yet", () => {
    const reader = new TranscriptReader(path, OWNER);
    writeFileSync(path, prompt("a") + prompt("b").slice(0, 20));
    expect(texts(reader)).toEqual(["a"]);
    expect(texts(reader)).toEqual([]);
    appendFileSync(path, prompt("b").slice(20));
    expect(texts(reader)).toEqual(["b"]);
  });

  test("a whole last line is there without its newline, and is the same with it", () => {
    const reader = new TranscriptReader(path, OWNER);
    writeFileSync(path, prompt("a") + prompt("ä").trimEnd());
    expect(texts(reader)).toEqual(["a", "ä"]);
    const saved = reader.save();
    for (const next of [`\n${prompt("c")}`, `\r\n${prompt("c")}`, prompt("c")]) {
      writeFileSync(path, prompt("a") + prompt("ä").trimEnd() + next);
      expect(texts(new TranscriptReader(path, OWNER, saved))).toEqual(["c"]);
      const again = readAll(new TranscriptReader(path, OWNER));
      expect(again.broken).toEqual([]);
      const live = new Rows().add(readAll(new TranscriptReader(path, OWNER, saved)).records);
      const once = new Rows().add(again.records).all();
      expect(once.messages).toEqual(expect.arrayContaining(live.all().messages));
    }
  });

  test("also by another process, with the position alone", () => {
    const first = new TranscriptReader(path, OWNER);
    writeFileSync(path, prompt("a"));
    readAll(first);
    appendFileSync(path, prompt("b"));
    expect(texts(new TranscriptReader(path, OWNER, first.save()))).toEqual(["b"]);
  });

  test("one that is not there yet, and one that vanishes, give nothing", () => {
    const reader = new TranscriptReader(path, OWNER);
    expect(readAll(reader)).toEqual({ records: [], broken: [] });
    writeFileSync(path, prompt("a"));
    expect(texts(reader)).toEqual(["a"]);
    unlinkSync(path);
    expect(texts(reader)).toEqual([]);
  });

  test.each<[string, () => void]>([
    ["truncated", () => truncateSync(path, 0)],
    [
      "replaced by a longer one",
      () => {
        writeFileSync(`${path}.new`, prompt("c") + prompt("d") + prompt("e"));
        renameSync(`${path}.new`, path);
      },
    ],
    [
      "replaced by one that differs in its middle alone",
      () => {
        const other = `${LONG.slice(0, 250)}L${LONG.slice(251)}`;
        writeFileSync(`${path}.new`, prompt("a", other) + prompt("b"));
        renameSync(`${path}.new`, path);
      },
    ],
    [
      "cut and grown past where it was left",
      () => {
        truncateSync(path, Buffer.byteLength(prompt("a", LONG)));
        appendFileSync(path, prompt("c") + prompt("d") + prompt("e"));
      },
    ],
    ["written anew in place", () => writeFileSync(path, prompt("c") + prompt("d") + prompt("e"))],
  ])("one that was %s is read from its start", (_how, change) => {
    const reader = new TranscriptReader(path, OWNER);
    writeFileSync(path, prompt("a", LONG) + prompt("b"));
    readAll(reader);
    const other = new TranscriptReader(path, OWNER, reader.save());
    change();
    const whole = texts(new TranscriptReader(path, OWNER));
    expect(texts(reader)).toEqual(whole);
    expect(texts(other)).toEqual(whole);
  });

  test("one that is replaced while its first message is open tells of its session again", () => {
    const answer = (id: string, text: string) =>
      `${JSON.stringify({ type: "assistant", uuid: `u${id}`, sessionId: "s", cwd: "/a", message: { id, model: "m", content: [{ type: "text", text }], usage: {} } })}\n`;
    writeFileSync(path, answer("1", LONG));
    const reader = new TranscriptReader(path, OWNER);
    readAll(reader);
    const saved = reader.save();
    expect(saved.cursor.offset).toBe(0);
    writeFileSync(`${path}.new`, prompt("a") + answer("2", "b"));
    renameSync(`${path}.new`, path);
    const { records } = readAll(new TranscriptReader(path, OWNER));
    expect(readAll(new TranscriptReader(path, OWNER, saved)).records).toEqual(records);
    expect(records.some(({ kind }) => kind === "session")).toBe(true);
  });

  test("a symlink of one's own is followed to what is one's own", () => {
    writeFileSync(`${path}.target`, prompt("a"));
    symlinkSync(`${path}.target`, path);
    expect(texts(new TranscriptReader(path, OWNER))).toEqual(["a"]);
  });

  test.runIf(isRoot)("but not to another user's", () => {
    writeFileSync(`${path}.target`, prompt("a"));
    chownSync(`${path}.target`, NOBODY, NOBODY);
    symlinkSync(`${path}.target`, path);
    expect(texts(new TranscriptReader(path, OWNER))).toEqual([]);
  });

  test.runIf(isRoot)(
    "nor where its directory turns into a link to theirs between the look and the reading",
    async () => {
      const [own, other] = [join(root, "swapped"), join(root, "elsewhere")];
      for (const [directory, uuid] of [[own, "own"] as const, [other, "other"] as const]) {
        mkdirSync(directory);
        writeFileSync(join(directory, "s.jsonl"), prompt(uuid));
      }
      chownSync(join(other, "s.jsonl"), NOBODY, NOBODY);
      const swapper = spawn(process.execPath, ["-e", SWAP, own, other], { stdio: "ignore" });
      try {
        const seen = new Set<unknown>();
        for (const end = performance.now() + 1_000; performance.now() < end; ) {
          for (const text of texts(new TranscriptReader(join(own, "s.jsonl"), OWNER)))
            seen.add(text);
        }
        expect([...seen]).toEqual(["own"]);
      } finally {
        swapper.kill("SIGKILL");
        await once(swapper, "exit");
      }
    },
  );

  test("a sub-agent's lines are read again once its type is told", () => {
    writeFileSync(path, prompt("a"));
    const untold = new TranscriptReader(path, { ...OWNER, agentId: "g" });
    readAll(untold);
    const told = { ...OWNER, agentId: "g", agentType: "general-purpose" };
    const { records } = readAll(new TranscriptReader(path, told, untold.save()));
    expect(new Rows().add(records).told().messages).toMatchObject([
      { textContent: "a", agent: "general-purpose", agentId: "g" },
    ]);
  });

  test("a broken line costs itself only, and says where it stands", () => {
    writeFileSync(path, `${prompt("a")}{garbage\n${prompt("b")}`);
    const { records, broken } = readAll(new TranscriptReader(path, OWNER));
    expect(records.filter(({ kind }) => kind === "message")).toHaveLength(2);
    const offset = Buffer.byteLength(prompt("a"));
    expect(broken).toEqual([{ offset, reason: "not a JSON object", text: "{garbage" }]);
  });

  test("lines of 20 MB, and one that is too long to be one", () => {
    const long = "x".repeat(20 * 1024 * 1024);
    const result = [{ type: "tool_result", tool_use_id: "t", content: long }];
    writeFileSync(path, prompt("a") + prompt("r", result));
    appendFileSync(path, `${"y".repeat(65 * 1024 * 1024)}\n${prompt("b")}`);
    const reader = new TranscriptReader(path, OWNER);
    const before = process.memoryUsage().rss;
    const { records, broken } = readAll(reader);
    expect(records.flatMap(({ data }) => ("textContent" in data ? [data.id] : []))).toEqual([
      "a",
      "b",
    ]);
    expect(broken).toMatchObject([{ reason: "too long", text: "" }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });
});
