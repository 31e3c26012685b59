import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitText } from "../../src/translate/said/split.ts";
import { type Json, prompt, read as readLines, session, told } from "./lines.ts";

const OPENED =
  "<ide_opened_file>The user opened the file /w/beds.py in the IDE. This may or may not be related to the current task.</ide_opened_file>";
const SELECTED =
  "<ide_selection>The user selected lines 3 to 4 from /w/beds.py:\nrow = 2\n\nThis may or may not be related.</ide_selection>";
const REMINDER = "<system-reminder>\nBe brief.\n</system-reminder>";
const TEAMMATE =
  '<teammate-message teammate_id="soil-tester" color="pink" summary="done">\nThe soil test is done.\n</teammate-message>';
const NOTE =
  "\n\nThis came from another Claude session — not typed by your user, but very likely working on their behalf.";
const text = (text: string) => ({ type: "text", text });
const line = (content: unknown, more: Json = {}) =>
  prompt(content, { uuid: "e", timestamp: "2026-11-22T11:00:00Z", ...more });

/** The prompts, the title, and what is injected by what it is. */
function of(...lines: Json[]) {
  const { broken, rows } = readLines(lines);
  expect(broken).toEqual([]);
  const { messages, events } = rows.told();
  const injected = events.filter(({ kind }) => kind === "injected");
  return {
    prompts: messages.map(({ textContent }) => textContent),
    title: session(...lines)?.title,
    whats: injected.map(({ data }) => JSON.parse(String(data)).what),
    texts: injected.map(({ text }) => text),
  };
}

describe("a human's words in one line with what was injected", () => {
  test.each<[string, unknown, string, string[]]>([
    ["an IDE's block", [text(OPENED), text("why two?")], "why two?", ["ide"]],
    ["two blocks", [text(OPENED), text(SELECTED), text("why two?")], "why two?", ["ide", "ide"]],
    ["a block behind", [text("why two?"), text(SELECTED)], "why two?", ["ide"]],
    ["before the words", `${OPENED}\n\nwhy two?`, "why two?", ["ide"]],
    ["right before the words", `${OPENED}why two?`, "why two?", ["ide"]],
    ["two before the words", `${OPENED}\n${SELECTED}\n\nwhy two?`, "why two?", ["ide", "ide"]],
    ["behind the words", `why two?\n\n${SELECTED}`, "why two?", ["ide"]],
    ["right behind the words", `why two?${OPENED}`, "why two?", ["ide"]],
    ["behind the words on their line", `why two? ${SELECTED}`, "why two?", ["ide"]],
    ["between the words", `why two?\n${SELECTED}\nor three?`, "why two?\nor three?", ["ide"]],
    ["between paragraphs", `why?\n\n${SELECTED}\n\nor how?`, "why?\n\nor how?", ["ide"]],
    ["another of its tags", `<ide_diagnostics>[]</ide_diagnostics>\nfix it`, "fix it", ["ide"]],
    ["a terminal", `<terminal name="zsh">$ ls</terminal>\nwhat is that?`, "what is that?", ["ide"]],
    [
      "diagnostics of a hook",
      "<post-tool-use-hook><ide_diagnostics>[]</ide_diagnostics></post-tool-use-hook>\nfix it",
      "fix it",
      ["hook"],
    ],
    ["a reminder before", `${REMINDER}\n\nhello`, "hello", ["reminder"]],
    ["a reminder behind", `hello\n\n${REMINDER}`, "hello", ["reminder"]],
    ["a reminder between", `hello\n${REMINDER}\nyou`, "hello\nyou", ["reminder"]],
    [
      "reminders on both sides",
      `${REMINDER}\nhello\n${REMINDER}`,
      "hello",
      ["reminder", "reminder"],
    ],
    [
      "a reminder that quotes itself",
      `<system-reminder>no <system-reminder>x</system-reminder>\n</system-reminder>\nhello`,
      "hello",
      ["reminder"],
    ],
    [
      "a hook's words",
      `hello\n<user-prompt-submit-hook>it rains</user-prompt-submit-hook>`,
      "hello",
      ["hook"],
    ],
    ["a teammate's message before", `${TEAMMATE}\n\ngo on`, "go on", ["teammate"]],
    [
      "an interruption in the block before",
      [text("[Request interrupted by user]"), text("do it so")],
      "do it so",
      [],
    ],
    [
      "an interruption in the line before",
      "[Request interrupted by user for tool use]\ndo it so",
      "do it so",
      [],
    ],
    [
      "Windows' line ends",
      `${OPENED}\r\n\r\nwhy two?\r\nor three?`,
      "why two?\r\nor three?",
      ["ide"],
    ],
  ])("%s", (_what, content, words, whats) => {
    expect(of(line(content))).toMatchObject({
      prompts: [words],
      title: words.replace(/\s+/g, " "),
      whats,
    });
  });

  test("each is an event of its own, and keeps all of its text", () => {
    const { events } = told(line(`${OPENED}\n${TEAMMATE}\nhello\n${REMINDER}`));
    expect(events.map(({ id, text }) => [id, text])).toEqual([
      ["e", OPENED],
      ["e-1", TEAMMATE],
      ["e-2", REMINDER],
    ]);
    expect(events[1]).toMatchObject({
      data: JSON.stringify({ what: "teammate", from: "soil-tester", summary: "done" }),
    });
  });

  test("what a human typed is theirs, but for an IDE's part of it", () => {
    const typed = { promptSource: "typed" };
    expect(of(line(`${OPENED}\nwhy?`, typed))).toMatchObject({ prompts: ["why?"], whats: ["ide"] });
    expect(of(line(`${REMINDER}\nwhy?`, typed))).toMatchObject({
      prompts: [`${REMINDER}\nwhy?`],
      whats: [],
    });
    expect(of(line(`${REMINDER}\nwhy?`, { promptSource: "sdk" }))).toMatchObject({
      prompts: ["why?"],
    });
  });

  test("an image beside an IDE's block is a human's", () => {
    const [row] = told(line([text(OPENED), { type: "image" }])).messages;
    expect(row).toMatchObject({ role: "user", attachments: '[{"type":"image"}]' });
  });
});

describe("a line without any words of a human's is no prompt and no title", () => {
  test.each<[string, unknown, string[], Json?]>([
    ["an IDE's block alone", [text(OPENED)], ["ide"]],
    ["an IDE's text alone", `${SELECTED}\n`, ["ide"]],
    ["a teammate's message", TEAMMATE, ["teammate"]],
    ["a teammate's with a note behind", `${TEAMMATE}${NOTE}`, ["teammate"]],
    [
      "the sentence before",
      `Another Claude session sent a message:\n${TEAMMATE}${NOTE}`,
      ["teammate"],
    ],
    [
      "another sentence before",
      `Another Claude session sent a message while you were working:\n${TEAMMATE}`,
      ["teammate"],
    ],
    [
      "two teammates'",
      `${TEAMMATE}\n\n${TEAMMATE.replace("soil", "rain")}`,
      ["teammate", "teammate"],
    ],
    [
      "two behind the sentence",
      `Another Claude session sent a message:\n${TEAMMATE}\n\n${TEAMMATE}${NOTE}`,
      ["teammate", "teammate"],
    ],
    [
      "an idle teammate",
      '<teammate-message teammate_id="a">\n{"type":"idle_notification","from":"a"}\n</teammate-message>',
      ["teammate"],
    ],
    ["a teammate's that is cut off", '<teammate-message teammate_id="a">The soil', ["teammate"]],
    [
      "another session's",
      '<cross-session-message from="uds:/x">\nhi\n</cross-session-message>',
      ["session"],
    ],
    [
      "another session's, older",
      'A peer session sent a message while you were working:\n<cross-session-message from="b">hi</cross-session-message>\n\nThis is from another Claude session, not your user.',
      ["session"],
    ],
    ["an agent's report", '<agent-message from="a1">done</agent-message>', ["agent"]],
    [
      "a coordinator's",
      "The coordinator sent a message while you were working:\ngo on\n\nAddress this before completing your current task.",
      ["agent"],
    ],
    ["a channel's", '<channel source="telegram" chat_id="1">\nhello\n</channel>', ["channel"]],
    [
      "a channel's with a sentence before",
      'A message arrived from telegram while you were working:\n<channel source="telegram">hello</channel>\n\nIMPORTANT: This is NOT from your user',
      ["channel"],
    ],
    ["a hook's answer", "Stop hook feedback:\n[lint]: fix it", ["hook"]],
    ["another hook's answer", "SubagentStop hook feedback:\n- no", ["hook"]],
    ["a hook's words", "<user-prompt-submit-hook>it rains</user-prompt-submit-hook>", ["hook"]],
    ["a memory", "<user-memory-input>water daily</user-memory-input>", ["memory"]],
    [
      "a task's notification and a sentence",
      "<task-notification>\n<task-id>b</task-id>\n</task-notification>\nRead the output file to retrieve the result: /x",
      ["task"],
    ],
    [
      "a task's with a sentence before",
      "[SYSTEM NOTIFICATION - NOT USER INPUT]\nThis is an automated event.\n\n<task-notification>x</task-notification>",
      ["task"],
    ],
    [
      "a schedule's",
      "[SCHEDULED TASK - AUTOMATED FIRING OF A CONFIGURED PROMPT]\nThis turn was started automatically.\n\nwater daily",
      ["schedule"],
    ],
    [
      "a skill that is loaded",
      '<command-message>The "pdf" skill is loading</command-message>\n<command-name>pdf</command-name>',
      ["skill"],
    ],
    ["a skill's text", "Base directory", ["skill"], { sourceToolUseID: "t" }],
    [
      "a caveat, a command, its output",
      "Caveat: The messages below were generated by the user while running local commands. DO NOT respond to these messages.\n<command-name>/model</command-name>\n<local-command-stdout>ok</local-command-stdout>",
      ["command", "command output"],
    ],
    [
      "an old caveat alone",
      "Caveat: The messages below were generated by the user while running local commands. DO NOT respond.",
      [],
    ],
    [
      "a shell's output",
      "<bash-stdout>a</bash-stdout><bash-stderr>b</bash-stderr>",
      ["shell output"],
    ],
    ["no content", "(no content)", []],
    ["blanks", " \n ", []],
    ["another origin's", "the soil", ["session"], { origin: { kind: "peer", from: "a" } }],
    ["a plugin's", "the soil", ["plugin"], { origin: { kind: "plugin", name: "x" } }],
    ["several, meta", `${TEAMMATE}\n${REMINDER}`, ["teammate", "reminder"], { isMeta: true }],
    ["words, meta", `the soil\n${REMINDER}`, ["note"], { isMeta: true }],
  ])("%s", (_what, content, whats, more = {}) => {
    expect(of(line(content, more))).toMatchObject({ prompts: [], title: undefined, whats });
  });

  test("a summary of a compaction, also where the line does not say so", () => {
    const summary =
      "This session is being continued from a previous conversation that ran out of context.";
    expect(told(line(summary))).toMatchObject({ messages: [], events: [{ kind: "compaction" }] });
  });

  test("an interruption, whatever for", () => {
    for (const text of [
      "[Request interrupted by user]",
      "[Request interrupted by user for tool use]",
      "[Request interrupted: the session ended before this agent finished. Nobody asked it to stop.]",
    ]) {
      expect(told(line(text))).toMatchObject({
        messages: [],
        events: [{ kind: "interrupt", text }],
      });
    }
  });

  test.each<[string, Json, Json]>([
    [
      "selected lines",
      { type: "selected_lines_in_ide", filename: "/w/a", lineStart: 3, lineEnd: 4, content: "row" },
      { what: "ide", path: "/w/a", lines: { from: 3, to: 4 } },
    ],
    [
      "an opened file",
      { type: "opened_file_in_ide", filename: "/w/a" },
      { what: "ide", path: "/w/a" },
    ],
    ["diagnostics", { type: "diagnostics", files: [{ uri: "a" }] }, { what: "ide" }],
    [
      "a teammate's mail",
      { type: "teammate_mailbox", messages: [{ from: "a", text: "done" }] },
      { what: "teammate", from: "a" },
    ],
  ])("told by an attachment: %s", (_what, attachment, data) => {
    const { messages, events } = told({
      type: "attachment",
      sessionId: "s",
      uuid: "e",
      attachment,
    });
    expect(messages).toEqual([]);
    expect(events.map((event) => JSON.parse(String(event.data)))).toEqual([data]);
  });
});

describe("a human's own words stay whole", () => {
  test.each([
    "<div> is drawn twice, why?",
    "<div>\n  <p>x</p>\n</div>\nwhy twice?",
    "<system-reminder> tags show up in my titles, why?",
    "<ide_selection> and </ide_selection> are drawn, why?",
    "why does <system-reminder>x</system-reminder> show up here?",
    'what does <teammate-message teammate_id="a">b</teammate-message> mean?',
    "```\n<system-reminder>\nx\n</system-reminder>\n```\nwhat is that?",
    "Another Claude session sent a message: what now?",
    "Another Claude session sent a message:\nwhat now?",
    "A message arrived from Ada\nwhat now?",
    "Stop hook feedback is ugly",
    "<terminal> is not defined",
    "<channel>a</channel>\nis that XML?",
    "# water daily",
    "[Request interrupted by user] what does that mean?",
    "/notes are a directory",
    "a\n\n\n  b\n",
  ])("%j", (words) => {
    expect(of(line(words))).toMatchObject({ prompts: [words], whats: [] });
  });

  test("and come back whole from among what is injected on lines of its own", () => {
    const put = fc
      .constantFrom(OPENED, SELECTED, REMINDER, TEAMMATE)
      .map((text) => ({ text, isPut: true }));
    const own = fc.stringMatching(/^[a-z<>/ ]*[a-z]$/).map((text) => ({ text, isPut: false }));
    fc.assert(
      fc.property(fc.array(fc.oneof(put, own), { minLength: 1 }), (parts) => {
        const said = parts.filter(({ isPut }) => !isPut).map(({ text }) => text.trim());
        const whole = parts.map(({ text }) => text.trim()).join("\n");
        const { words, pieces } = splitText(whole, { isTyped: false, isTold: false });
        expect(words).toBe(said.length === 0 ? null : said.join("\n"));
        expect(pieces.map(({ text }) => text)).toEqual(
          parts.filter(({ isPut }) => isPut).map(({ text }) => text),
        );
      }),
    );
  });

  test("a text full of tags that nothing closes takes no time", () => {
    const words = `x\n${"<system-reminder>\n".repeat(100_000)}`;
    const begin = performance.now();
    expect(of(line(words)).prompts).toEqual([words]);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});
