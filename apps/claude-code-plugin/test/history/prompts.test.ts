import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openHistory } from "../../src/history/openHistory.ts";
import { Rows } from "../translate/rows.ts";
import { ClaudeDir, idOf, leftIn, readHistory, rowsOf, said } from "./claudeDir.ts";

/** 2026-03-01T00:00:00Z. */
const START = 1_772_323_200_000;

/** A line of history.jsonl; `at` in seconds after START. */
function typed(display: string, at: number, told: Record<string, unknown> = {}): string {
  const line = {
    display,
    pastedContents: {},
    timestamp: START + at * 1_000,
    project: "/home/ada/garden",
  };
  return `${JSON.stringify({ ...line, sessionId: idOf(1), ...told })}\n`;
}

const historyOf = (dir: ClaudeDir, ...lines: string[]) => {
  dir.write(join(dir.config, "history.jsonl"), lines.join(""));
  return openHistory([dir.config]);
};
const promptsIn = (dir: ClaudeDir, ...lines: string[]) =>
  rowsOf(historyOf(dir, ...lines)).events.map(({ text }) => text);

describe("history.jsonl tells of sessions whose transcripts are gone", () => {
  test("a row with times, project and first prompt, and an event for each prompt", () => {
    using dir = new ClaudeDir();
    const history = historyOf(
      dir,
      typed("/clear", 0),
      typed("Order the bulbs", 1),
      typed("And\nwater  them", 5, { project: "/home/ada/zoo" }),
      typed("Feed the birds", 3, { sessionId: idOf(2), project: "/home/ada/zoo" }),
    );
    const { sessions, messages, events } = rowsOf(history);
    expect(messages).toEqual([]);
    expect(sessions).toEqual([
      {
        id: idOf(1),
        source: "claude-code",
        title: "Order the bulbs",
        titleKind: "prompt",
        projectPath: "/home/ada/garden",
        projectName: "garden",
        createdAt: START,
        updatedAt: START + 5_000,
      },
      {
        id: idOf(2),
        source: "claude-code",
        title: "Feed the birds",
        titleKind: "prompt",
        projectPath: "/home/ada/zoo",
        projectName: "zoo",
        createdAt: START + 3_000,
        updatedAt: START + 3_000,
      },
    ]);
    expect(
      events.map(({ sessionId, kind, text, createdAt }) => [sessionId, kind, text, createdAt]),
    ).toEqual(
      expect.arrayContaining([
        [idOf(1), "prompt", "/clear", START],
        [idOf(1), "prompt", "Order the bulbs", START + 1_000],
        [idOf(1), "prompt", "And\nwater  them", START + 5_000],
        [idOf(2), "prompt", "Feed the birds", START + 3_000],
      ]),
    );
    expect(events).toHaveLength(4);
    expect(history.places).toContain(join(dir.config, "history.jsonl"));
  });

  test("the same line twice is one event, the same words later another", () => {
    using dir = new ClaudeDir();
    const again = typed("Go on", 1);
    expect(promptsIn(dir, again, again, typed("Go on", 2))).toEqual(["Go on", "Go on"]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["inline", { 1: { id: 1, type: "text", content: "clay\nloam" } }, "Sort clay\nloam now"],
    [
      "beside it, by its hash",
      { 1: { id: 1, type: "text", contentHash: "0a1b" } },
      "Sort sand now",
    ],
    [
      "and is gone",
      { 1: { id: 1, type: "text", contentHash: "ffff" } },
      "Sort [Pasted text #1 +2 lines] now",
    ],
    [
      "by a hash that is a path",
      { 1: { type: "text", contentHash: "../history" } },
      "Sort [Pasted text #1 +2 lines] now",
    ],
    ["nowhere", {}, "Sort [Pasted text #1 +2 lines] now"],
  ])("what was pasted stands %s", (_where, pastedContents, text) => {
    using dir = new ClaudeDir();
    dir.write(join(dir.config, "paste-cache", "0a1b.txt"), "sand");
    expect(
      promptsIn(dir, typed("Sort [Pasted text #1 +2 lines] now", 1, { pastedContents })),
    ).toEqual([text]);
  });

  test("an image is named and not kept", () => {
    using dir = new ClaudeDir();
    const pastedContents = {
      1: { id: 1, type: "image", mediaType: "image/png", content: "iVBORw0" },
    };
    const { events } = rowsOf(historyOf(dir, typed("See [Image #1]", 1, { pastedContents })));
    expect(events).toMatchObject([{ text: "See [Image #1]" }]);
    expect(JSON.parse(String(events[0]?.data))).toEqual({
      project: "/home/ada/garden",
      given: [{ type: "image", mediaType: "image/png" }],
    });
  });

  test("broken lines and prompts of no session are told", () => {
    using dir = new ClaudeDir();
    const lines = [typed("One", 1), "{half\n", '{"sessionId":"x"}\n', "\n"];
    const old = [typed("Two", 2, { sessionId: undefined }), typed("Three", 3, { sessionId: 7 })];
    const history = historyOf(dir, ...lines, ...old, '{"display":"not yet wri');
    const unreadable = readHistory(history).flatMap((found) => found.unreadable);
    const path = join(dir.config, "history.jsonl");
    const offset = Buffer.byteLength(typed("One", 1));
    expect(unreadable).toEqual([
      { raw: { history: path, offset, line: "{half" }, reason: "history.jsonl: not a JSON object" },
      {
        raw: { history: path, offset: offset + 6, line: '{"sessionId":"x"}' },
        reason: "history.jsonl: no display",
      },
    ]);
    expect(leftIn(history)).toEqual({ "a prompt in history.jsonl that names no session": 2 });
    readHistory(history);
    expect(history.left).toHaveLength(2);
  });

  test("through a link of one's own, and of each directory", () => {
    using dir = new ClaudeDir();
    using other = new ClaudeDir();
    historyOf(dir, typed("One", 1));
    const elsewhere = dir.write(join(dir.root, "elsewhere"), typed("Two", 2));
    other.write(join(other.config, "x"), "");
    symlinkSync(elsewhere, join(other.config, "history.jsonl"));
    const { events } = rowsOf(openHistory([dir.config, other.config, dir.config]));
    expect(events.map(({ text }) => text).sort()).toEqual(["One", "Two"]);
  });

  test("more of them than a portion holds", () => {
    using dir = new ClaudeDir();
    const lines = Array.from({ length: 30 }, (_, i) => typed(`${i} ${"x".repeat(100_000)}`, i));
    const history = historyOf(dir, ...lines);
    expect(readHistory(history).length).toBeGreaterThan(2);
    expect(rowsOf(history).events).toHaveLength(30);
  });
});

describe("what prompts tell never stands in the way of what transcripts tell", () => {
  const transcript = (dir: ClaudeDir) =>
    dir.write(
      join(dir.garden, `${idOf(1)}.jsonl`),
      said("Said first", { at: 10 }) + said("Done", { at: 12 }, "msg_1"),
    );
  // Typed before the transcript's first line and after its last one, elsewhere.
  const lines = [
    typed("Typed first", 9, { project: "/home/ada" }),
    typed("/exit", 99, { project: "/home/ada" }),
  ];
  const OF_TRANSCRIPT = {
    title: "Said first",
    projectPath: "/home/ada/garden",
    projectName: "garden",
    createdAt: START + 10_000,
    updatedAt: START + 12_000,
  };

  test("where both are there, whatever comes first", () => {
    using dir = new ClaudeDir();
    transcript(dir);
    const history = historyOf(dir, ...lines);
    const records = readHistory(history).flatMap((found) => found.records);
    for (const order of [records, records.toReversed()]) {
      const { sessions, events } = new Rows().add(order).told();
      expect(sessions).toMatchObject([OF_TRANSCRIPT]);
      expect(events.map(({ text }) => text)).toEqual(["Typed first", "/exit"]);
    }
  });

  test("where transcripts were read before they went", () => {
    using dir = new ClaudeDir();
    const path = transcript(dir);
    const rows = new Rows();
    for (const { records } of readHistory(openHistory([dir.config]))) rows.add(records);
    rmSync(path);
    for (const { records } of readHistory(historyOf(dir, ...lines))) rows.add(records);
    expect(rows.told().sessions).toMatchObject([
      // A prompt that was typed later is the last that is known of it.
      { ...OF_TRANSCRIPT, updatedAt: START + 99_000 },
    ]);
  });

  test("and is read again once they are gone", () => {
    using dir = new ClaudeDir();
    const path = transcript(dir);
    const fingerprint = () => historyOf(dir).parts.at(-1)?.fingerprint.split(" ")[1];
    const before = fingerprint();
    expect(fingerprint()).toBe(before);
    rmSync(path);
    expect(fingerprint()).not.toBe(before);
  });
});

test("a database of the first versions is told", () => {
  using dir = new ClaudeDir();
  dir.write(join(dir.config, "__store.db"), "SQLite format 3\0");
  expect(leftIn(openHistory([dir.config]))).toEqual({
    "a database of Claude Code's from before its transcripts": 1,
  });
});
