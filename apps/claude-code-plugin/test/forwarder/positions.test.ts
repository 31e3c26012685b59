import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Positions } from "../../src/forwarder/positions.ts";
import { TranscriptReader } from "../../src/reader/transcriptReader.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "duolog-positions-")));
afterAll(() => rmSync(root, { recursive: true }));

const OWNER = { sessionId: "s", agentId: null, agentType: null };

describe("what is kept of a session's positions", () => {
  const data = mkdtempSync(join(root, "kept-"));
  const transcript = join(root, "kept.jsonl");
  writeFileSync(transcript, "");
  const cursor = new TranscriptReader(transcript, OWNER).save();
  const saved = {
    sessionId: "s",
    ended: false,
    endedAt: null,
    waiting: null,
    files: { [transcript]: cursor },
  };
  const there = () => true;
  const kept = () => {
    const [file = ""] = readdirSync(join(data, "forwarder-state"));
    return join(data, "forwarder-state", file);
  };
  beforeEach(() => {
    rmSync(join(data, "forwarder-state"), { recursive: true, force: true });
    new Positions(data).save(saved, "1-2");
  });

  test("comes back as it was", () => {
    expect(new Positions(data).load("s", "1-2")).toEqual(saved);
    expect(new Positions(data).all(Date.now(), "1-2", there)).toEqual([saved]);
  });

  test.each(["1-3", null])("tells nothing of a database that is another one (%s)", (database) => {
    expect(new Positions(data).load("s", database)).toEqual({ ...saved, files: {} });
    expect(new Positions(data).all(Date.now(), database, there)).toEqual([{ ...saved, files: {} }]);
  });

  test("tells nothing where it was saved for no database that is known", () => {
    new Positions(data).save(saved, null);
    for (const database of ["1-2", null]) {
      expect(new Positions(data).load("s", database)).toEqual({ ...saved, files: {} });
    }
  });

  test("tells which sessions there are where an older forwarder wrote it", () => {
    const { endedAt: _, ...older } = saved;
    const positions = JSON.stringify(older);
    const sum = createHash("sha256").update(positions).digest("hex");
    writeFileSync(kept(), JSON.stringify({ format: 2, sum, positions }));
    expect(new Positions(data).all(Date.now(), "1-2", there)).toEqual([{ ...saved, files: {} }]);
  });

  test("is none where a letter of it is damaged, any one", () => {
    const whole = readFileSync(kept());
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 1;
      writeFileSync(kept(), damaged);
      expect(new Positions(data).all(Date.now(), "1-2", there), String(damaged)).toEqual([]);
    }
  });

  test.each<[string, (file: string) => void]>([
    ["is empty", (file) => writeFileSync(file, "")],
    ["is torn", (file) => truncateSync(file, 100)],
    ["is null", (file) => writeFileSync(file, "null")],
    ["is a symlink", (file) => symlinkSync("/etc/passwd", file)],
    ["is a directory", (file) => mkdirSync(file)],
  ])("is none where its file %s", (_what, write) => {
    const file = kept();
    if (!/empty|torn|null/.test(_what)) unlinkSync(file);
    write(file);
    expect(new Positions(data).load("s", "1-2")).toBeNull();
    expect(new Positions(data).all(Date.now() + 1e12, "1-2", there)).toEqual([]);
  });

  test("takes the place of a directory, which would hold up the session's notes", () => {
    const file = kept();
    unlinkSync(file);
    mkdirSync(join(file, "full"), { recursive: true });
    new Positions(data).save(saved, "1-2");
    expect(new Positions(data).load("s", "1-2")).toEqual(saved);
  });

  test("is forgotten a day after its transcripts are gone, and while a note waits not at all", () => {
    const all = (hours: number) =>
      new Positions(data).all(Date.now() + hours * 3_600_000, "1-2", () => false);
    const waiting = { ...saved, sessionId: "w", waiting: { event: "Stop", note: "{}" } };
    new Positions(data).save(waiting, "1-2");
    expect(all(23)).toEqual([waiting]);
    expect(new Positions(data).load("s", "1-2")).toEqual(saved);
    expect(all(25)).toEqual([waiting]);
    expect(new Positions(data).load("s", "1-2")).toBeNull();
  });

  test("of an older forwarder, a file for each transcript, is one", () => {
    const older = (name: string, positions: object) => {
      const text = JSON.stringify({ database: "1-2", ...positions });
      const sum = createHash("sha256").update(text).digest("hex");
      const file = join(data, "forwarder-state", name);
      writeFileSync(file, JSON.stringify({ format: 2, sum, positions: text }));
    };
    rmSync(kept());
    const of = (path: string, endedAt: number | null) => ({
      sessionId: "s",
      path,
      ended: false,
      endedAt,
      files: { [path]: cursor },
    });
    older("s-0123abcd.json", of("/a/s.jsonl", 7));
    older("s-4567abcd.json", of("/b/s.jsonl", null));
    // Another session's, whose name looks like one of those.
    new Positions(data).save({ ...saved, sessionId: "s-0123abce" }, "1-2");
    const files = { "/a/s.jsonl": cursor, "/b/s.jsonl": cursor };
    const joined = { ...saved, endedAt: 7, files };
    const positions = new Positions(data);
    expect(positions.load("s", "1-2")).toEqual(joined);
    expect(positions.all(Date.now(), "1-2", there)).toContainEqual(joined);
    positions.save(joined, "1-2");
    expect(readdirSync(join(data, "forwarder-state")).sort()).toEqual([
      "s-0123abce.json",
      "s.json",
    ]);
    expect(new Positions(data).load("s", "1-2")).toEqual(joined);
  });
});
