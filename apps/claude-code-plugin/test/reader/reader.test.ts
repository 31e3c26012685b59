import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
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
import { dataPaths } from "@duolog/client/local";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { configDirs } from "../../src/forwarder/configDirs.ts";
import { checkTranscriptPath, findAgentFiles, findSessionFiles } from "../../src/reader/places.ts";
import { TranscriptReader } from "../../src/reader/transcriptReader.ts";
import { Rows } from "../translate/rows.ts";
import { readAll } from "./reading.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "duolog-reader-")));
afterAll(() => rmSync(root, { recursive: true }));

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

  test("a symlink is not followed", () => {
    writeFileSync(`${path}.target`, prompt("a"));
    symlinkSync(`${path}.target`, path);
    expect(texts(new TranscriptReader(path, OWNER))).toEqual([]);
  });

  test("nor one that its directory turns into between the look and the reading", async () => {
    const [own, other] = [join(root, "swapped"), join(root, "elsewhere")];
    for (const [directory, uuid] of [[own, "own"] as const, [other, "other"] as const]) {
      mkdirSync(directory);
      writeFileSync(join(directory, "s.jsonl"), prompt(uuid));
    }
    const swapper = spawn(process.execPath, ["-e", SWAP, own, other], { stdio: "ignore" });
    try {
      const seen = new Set<unknown>();
      for (const end = performance.now() + 1_000; performance.now() < end; ) {
        for (const text of texts(new TranscriptReader(join(own, "s.jsonl"), OWNER))) seen.add(text);
      }
      expect([...seen]).toEqual(["own"]);
    } finally {
      swapper.kill("SIGKILL");
      await once(swapper, "exit");
    }
  });

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

describe("only the agent's own transcripts are read", () => {
  const config = join(root, "config");
  const project = join(config, "projects", "-w-app");
  mkdirSync(join(project, "s1", "subagents"), { recursive: true });
  writeFileSync(join(project, "s1.jsonl"), "");
  writeFileSync(join(project, "s1", "subagents", "agent-a1.jsonl"), "");
  writeFileSync(join(project, "s1", "subagents", "agent-a1.meta.json"), '{"agentType":"explore"}');
  writeFileSync(join(project, "s1", "subagents", "agent-a2.jsonl"), "");
  writeFileSync(join(project, "s1", "subagents", "agent-a2.meta.json"), "{half");
  writeFileSync(join(project, "s1", "subagents", "agent-a3.jsonl"), "");
  writeFileSync(join(project, "s1", "subagents", "agent-a3.meta.json"), "null");
  mkdirSync(join(root, "outside"));
  writeFileSync(join(root, "outside", "s1.jsonl"), "");
  symlinkSync(join(root, "outside"), join(config, "projects", "linked"));
  symlinkSync(config, join(root, "config-link"));
  const check = (path: string, id = "s1") => checkTranscriptPath(path, id, [config]);

  test("its real path, through whichever link to the configuration", () => {
    const file = { sessionId: "s1", path: join(project, "s1.jsonl") };
    expect(check(file.path)).toEqual(file);
    expect(check(join(root, "config-link", "projects", "-w-app", "s1.jsonl"))).toEqual(file);
    expect(checkTranscriptPath(file.path, "s1", [join(root, "config-link")])).toEqual(file);
  });

  test("one that does not exist yet, nor its directory", () => {
    const path = join(config, "projects", "-new", "s2.jsonl");
    expect(check(path, "s2")).toEqual({ sessionId: "s2", path });
    const later = join(root, "later", "projects", "-p", "s2.jsonl");
    expect(checkTranscriptPath(later, "s2", [join(root, "later")])).toMatchObject({ path: later });
    symlinkSync(join(root, "nowhere"), join(config, "projects", "dangling"));
    const dangling = check(join(config, "projects", "dangling", "s2.jsonl"), "s2");
    mkdirSync(join(root, "nowhere"));
    writeFileSync(join(root, "nowhere", "s2.jsonl"), prompt("a"));
    const found =
      typeof dangling === "string" ? [] : texts(new TranscriptReader(dangling.path, OWNER));
    expect(found).toEqual([]);
  });

  test.each<[string, string, string?]>([
    ["outside", join(root, "outside", "s1.jsonl")],
    ["outside through dots", join(config, "projects", "..", "..", "outside", "s1.jsonl")],
    ["outside through a link", join(config, "projects", "linked", "s1.jsonl")],
    ["deeper", join(project, "s1", "s1.jsonl")],
    ["not a project's", join(config, "s1.jsonl")],
    ["another session's", join(project, "s1.jsonl"), "s2"],
    ["another file", "/etc/passwd"],
    ["relative", "projects/-w-app/s1.jsonl"],
    ["an id that is a path", `${project}/../../x.jsonl`, "../../x"],
  ])("not %s", (_what, path, id) => {
    expect(check(path, id)).toBeTypeOf("string");
  });

  test("a session's sub-agents and a configuration's sessions are found", () => {
    const [session, ...more] = findSessionFiles(config);
    expect(more).toEqual([]);
    if (!session) throw new Error("no session");
    expect(session).toEqual({ sessionId: "s1", path: join(project, "s1.jsonl") });
    expect(findAgentFiles(session)).toMatchObject([
      { agentId: "a1", agentType: "explore" },
      { agentId: "a2", agentType: null },
      { agentId: "a3", agentType: null },
    ]);
  });
});

describe("the agent's own directories", () => {
  const dirs = (write: (file: string) => void) => {
    const data = mkdtempSync(join(root, "data-"));
    write(join(data, "claude-dirs"));
    return configDirs(dataPaths(data), { HOME: "/h", CLAUDE_CONFIG_DIR: "/c" });
  };

  test.each<[string, (file: string) => void, string[]]>([
    ["there is no list", () => {}, []],
    ["the list is whole", (file) => writeFileSync(file, "/one\n/two\n/one\n"), ["/one", "/two"]],
    [
      "lines are no paths",
      (file) => writeFileSync(file, `x\0\n/a\0b\nrelative\n/${"x".repeat(5_000)}\n/one\n`),
      ["/one"],
    ],
    ["the list is a directory", (file) => mkdirSync(file), []],
    ["the list is a symlink", (file) => symlinkSync("/etc/passwd", file), []],
    ["the list is longer than any", (file) => writeFileSync(file, "/one\n".repeat(1e6)), ["/one"]],
  ])("where %s", (_where, write, more) => {
    expect(dirs(write)).toEqual(["/c", "/h/.claude", ...more]);
  });
});
