import { describe, expect, test } from "vitest";
import { type Json, prompt, read, told } from "./lines.ts";

describe("only a human's prompt is a user's message", () => {
  const command = (first: string, args: string) =>
    first === "message"
      ? `<command-message>hi</command-message>\n<command-name>/hi</command-name>\n<command-args>${args}</command-args>`
      : `<command-name>/hi</command-name>\n            <command-message>hi</command-message>\n            <command-args>${args}</command-args>`;
  const queued = (attachment: Json) => ({
    type: "attachment",
    uuid: "q",
    attachment: { type: "queued_command", ...attachment },
  });

  test.each<[string, Json, string | null]>([
    ["a text", prompt("hello"), "hello"],
    [
      "text blocks",
      prompt([
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ]),
      "a\n\nb",
    ],
    ["typed", prompt("hello", { promptSource: "typed", origin: { kind: "human" } }), "hello"],
    ["quoting a tag", prompt("<bash-input>what?", { promptSource: "typed" }), "<bash-input>what?"],
    ["a custom command", prompt(command("message", "Bob")), "/hi Bob"],
    ["a custom command without arguments", prompt(command("message", "")), "/hi"],
    [
      "with a reminder beside it",
      prompt([
        { type: "text", text: "<system-reminder>x</system-reminder>" },
        { type: "text", text: "hello" },
      ]),
      "hello",
    ],
    [
      "queued",
      queued({ prompt: "later", origin: { kind: "human" }, commandMode: "prompt" }),
      "later",
    ],
    ["queued, older", queued({ prompt: [{ type: "text", text: "later" }] }), "later"],
  ])("%s", (_what, line, text) => {
    expect(told(line).messages).toMatchObject([{ role: "user", textContent: text }]);
  });

  test("an image alone is a prompt without text", () => {
    const [row, ...more] = told(prompt([{ type: "image" }])).messages;
    expect(row).toMatchObject({ role: "user" });
    expect(row).not.toHaveProperty("textContent");
    expect(more).toEqual([]);
  });

  test.each<[string, Json]>([
    ["meta", prompt("x", { isMeta: true })],
    ["a compaction's summary", prompt("x", { isCompactSummary: true })],
    ["a tool's result", prompt([{ type: "tool_result", tool_use_id: "t", content: "x" }])],
    ["a local command", prompt(command("name", "x"))],
    ["a local command's output", prompt("<local-command-stdout>x</local-command-stdout>")],
    ["a caveat", prompt("<local-command-caveat>x")],
    ["a shell command", prompt("<bash-input>ls</bash-input>")],
    ["a shell command's output", prompt("<bash-stdout>x</bash-stdout>")],
    ["a notification", prompt("<task-notification>x")],
    ["told to be injected", prompt("x", { promptSource: "system" })],
    ["told to be a notification", prompt("x", { origin: { kind: "task-notification" } })],
    ["an interruption", prompt([{ type: "text", text: "[Request interrupted by user]" }])],
    ["a queued notification", queued({ prompt: "x", origin: { kind: "task-notification" } })],
    ["a queued command of another mode", queued({ prompt: "x", commandMode: "task-notification" })],
    ["another attachment", { type: "attachment", uuid: "q", attachment: { type: "file" } }],
  ])("not %s", (_what, line) => {
    expect(read([line]).broken).toEqual([]);
    expect(told(line).messages).toEqual([]);
  });
});
