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
    path: transcript,
    ended: false,
    endedAt: null,
    files: { [transcript]: cursor },
  };
  const kept = () => {
    const [file = ""] = readdirSync(join(data, "forwarder-state"));
    return join(data, "forwarder-state", file);
  };
  beforeEach(() => {
    rmSync(join(data, "forwarder-state"), { recursive: true, force: true });
    new Positions(data).save(saved, "1-2");
  });

  test("comes back as it was", () => {
    expect(new Positions(data).load("s", transcript, "1-2")).toEqual(saved);
    expect(new Positions(data).all(Date.now(), "1-2")).toEqual([saved]);
  });

  test.each(["1-3", null])("tells nothing of a database that is another one (%s)", (database) => {
    expect(new Positions(data).load("s", transcript, database)).toEqual({ ...saved, files: {} });
    expect(new Positions(data).all(Date.now(), database)).toEqual([{ ...saved, files: {} }]);
  });

  test("tells nothing where it was saved for no database that is known", () => {
    new Positions(data).save(saved, null);
    for (const database of ["1-2", null]) {
      expect(new Positions(data).load("s", transcript, database)).toEqual({ ...saved, files: {} });
    }
  });

  test("tells which sessions there are where an older forwarder wrote it", () => {
    const { endedAt: _, ...older } = saved;
    const positions = JSON.stringify(older);
    const sum = createHash("sha256").update(positions).digest("hex");
    writeFileSync(kept(), JSON.stringify({ format: 2, sum, positions }));
    expect(new Positions(data).all(Date.now(), "1-2")).toEqual([{ ...saved, files: {} }]);
  });

  test("is none where a letter of it is damaged, any one", () => {
    const whole = readFileSync(kept());
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 1;
      writeFileSync(kept(), damaged);
      expect(new Positions(data).all(Date.now(), "1-2"), String(damaged)).toEqual([]);
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
    expect(new Positions(data).load("s", transcript, "1-2")).toBeNull();
    expect(new Positions(data).all(Date.now() + 1e12, "1-2")).toEqual([]);
  });

  test("takes the place of a directory, which would hold up the session's notes", () => {
    const file = kept();
    unlinkSync(file);
    mkdirSync(join(file, "full"), { recursive: true });
    new Positions(data).save(saved, "1-2");
    expect(new Positions(data).load("s", transcript, "1-2")).toEqual(saved);
  });

  test("is left alone where the transcript's name is one that can't be", () => {
    new Positions(data).save({ ...saved, path: `/${"x".repeat(300)}/s.jsonl` }, "1-2");
    expect(new Positions(data).all(Date.now(), "1-2")).toEqual([saved]);
  });
});
