import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TestDaemon, testClient } from "../../../../test/harness/daemon.ts";
import { line, Seat, texts } from "./seat.ts";

describe.concurrent("broken and hostile input, given to a real forwarder", () => {
  test("a hostile or broken note reads nothing and is put aside", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const outside = join(seat.paths.root, "s.jsonl");
    writeFileSync(outside, line("secret", 1));
    symlinkSync(join(seat.paths.root, "nowhere"), seat.transcript("linked"));
    seat.note("Stop", "s", { transcript_path: outside });
    seat.note("Stop", "../s", { transcript_path: `${seat.project}/../s.jsonl` });
    seat.note("Stop", "s", { transcript_path: "/etc/passwd" });
    seat.note("Stop", "linked");
    writeFileSync(join(seat.paths.inbox, "77-0.json"), "{half");
    writeFileSync(join(seat.paths.inbox, "78-0.json"), "[]");
    await seat.run();
    expect(await seat.rows()).toEqual({ sessions: [], messages: [] });
    expect(seat.notes()).toEqual([]);
    expect(seat.log()).toContain("a symlink that leads nowhere");
    const reasons = seat.rejected().map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      "hook: no transcript of its session is in Claude Code's directories",
      "hook: not JSON",
      "hook: not a JSON object",
      "hook: session_id is no file name",
      "hook: transcript_path is not the session's",
      "hook: transcript_path is outside Claude Code's directories",
    ]);
  });

  test("a directory in the inbox is no note and holds up none", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    mkdirSync(join(seat.paths.inbox, "0-0.json"));
    writeFileSync(seat.transcript("s"), line("a", 1));
    seat.note("Stop", "s");
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a"]);
    expect(seat.notes()).toEqual(["0-0.json"]);
  });

  test("what is broken or refused is put aside and holds up nothing behind it", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const rpc = testClient(seat.paths.root);
    await rpc.upsertMessage({ id: "a", sessionId: "s", source: "opencode", role: "assistant" });
    await rpc.close();
    writeFileSync(seat.transcript("s"), `${line("a", 1)}{garbage\n${line("b", 2)}`);
    seat.note("Stop", "s");
    await seat.run();
    expect((await seat.rows()).messages).toMatchObject([
      { id: "a", role: "assistant" },
      { id: "b", role: "user", textContent: "b" },
    ]);
    expect(seat.rejected()).toHaveLength(2);
    expect(seat.notes()).toEqual([]);
  });

  test("of more broken lines than anybody looks at the first are kept, and the log says so once", async () => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const broken = Array.from({ length: 10_300 }, (_, i) => `{"n":${i}\n`).join("");
    writeFileSync(seat.transcript("s"), `${line("a", 1)}${broken}${line("b", 2)}`);
    seat.note("Stop", "s");
    await seat.run();
    expect(texts(await seat.rows())).toEqual(["a", "b"]);
    const kept = readdirSync(seat.paths.rejected).length;
    expect(kept).toBeGreaterThanOrEqual(10_000);
    expect(kept).toBeLessThanOrEqual(10_100);
    expect(seat.log().match(/rejected\/ is full/g)).toHaveLength(1);
  });

  test.each([6_000, 100_000])("a line nested %d deep costs itself at most", async (depth) => {
    await using seat = new Seat();
    await using _daemon = await TestDaemon.start(seat.paths.root);
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const nested = (field: string) => line(field, 2).replace(/}\n$/, `,"${field}":${deep}}\n`);
    const fields = ["message", "uuid", "timestamp", "unknown", "type", "origin"];
    writeFileSync(
      seat.transcript("s"),
      `${line("a", 1)}${fields.map(nested).join("")}${deep}\n${deep.slice(0, -1)}\n${line("b", 3)}`,
    );
    const note = seat.note("Stop", "s");
    writeFileSync(note, readFileSync(note, "utf8").replace(/}$/, `,"prompt_id":${deep}}`));
    const hostile = seat.note("Stop", "s");
    writeFileSync(hostile, deep);
    await seat.run();
    expect(texts(await seat.rows())).toEqual(expect.arrayContaining(["a", "unknown", "b"]));
    expect(seat.notes()).toEqual([]);
    const reasons = seat.rejected().map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      "hook: not a JSON object",
      "transcript: not a JSON object",
      "transcript: not a JSON object",
      "transcript: user: no message.content",
      "transcript: user: no uuid",
    ]);
    expect(JSON.stringify(seat.rejected()).length).toBeLessThan(reasons.length * (2 * depth + 500));
  });
});
