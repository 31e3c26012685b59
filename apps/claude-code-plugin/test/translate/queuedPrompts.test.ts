import { describe, expect, test } from "vitest";
import { answer, at, type Json, prompt, T0, told } from "./lines.ts";

const queue = (operation: string, content?: unknown, seconds = 5, more: Json = {}) => ({
  type: "queue-operation",
  operation,
  sessionId: "s",
  timestamp: at(seconds),
  ...(content !== undefined && { content }),
  ...more,
});
const attached = (text: unknown, uuid = "q") => ({
  type: "attachment",
  sessionId: "s",
  uuid,
  timestamp: at(5),
  attachment: { type: "queued_command", prompt: text, commandMode: "prompt" },
});
const first = prompt("Build the fence", { uuid: "u0", timestamp: at(0) });
const said = (n: number) => answer(`m${n}`, `say ${n}`, { line: { timestamp: at(10 + n) } });
const result = prompt([{ type: "tool_result", tool_use_id: "t", content: "ok" }], { uuid: "r" });
const later = (text: unknown, uuid = "u1") => prompt(text, { uuid, timestamp: at(9) });
/** What was asked, in order. */
const asked = (...lines: Json[]) =>
  told(first, ...lines)
    .messages.filter(({ role }) => role === "user")
    .map(({ textContent, createdAt }) => [createdAt, textContent])
    .sort()
    .map(([, text]) => text)
    .slice(1);

describe("a prompt that was given while a turn was running is one, once", () => {
  test.each<[string, Json[], string[]]>([
    [
      "taken into the turn, up to 2.0",
      [queue("enqueue", "cedar"), result, queue("remove", "cedar")],
      ["cedar"],
    ],
    [
      "two of them",
      [
        queue("enqueue", "cedar", 4),
        queue("enqueue", "no pine"),
        queue("remove", "cedar"),
        queue("remove", "no pine"),
      ],
      ["cedar", "no pine"],
    ],
    [
      "the same words twice",
      [
        queue("enqueue", "on", 4),
        queue("enqueue", "on"),
        queue("remove", "on"),
        queue("remove", "on"),
      ],
      ["on", "on"],
    ],
    ["removed without words", [queue("enqueue", "cedar"), queue("remove")], ["cedar"]],
    ["put there before the file began", [queue("remove", "cedar")], ["cedar"]],
    [
      "with an image",
      [
        queue("enqueue", [{ type: "text", text: "cedar" }, { type: "image" }]),
        queue("remove", "cedar"),
      ],
      ["cedar"],
    ],
    [
      "with what an IDE put beside",
      [
        queue("enqueue", "<ide_selection>The user selected x</ide_selection>\ncedar"),
        queue("remove"),
      ],
      ["cedar"],
    ],
    ["a turn of its own", [queue("enqueue", "cedar"), queue("dequeue"), later("cedar")], ["cedar"]],
    ["a turn of its own without a line", [queue("enqueue", "cedar"), queue("dequeue")], ["cedar"]],
    [
      "several in one turn",
      [
        queue("enqueue", "cedar"),
        queue("enqueue", "no pine"),
        queue("dequeue"),
        queue("dequeue"),
        later("cedar\nno pine"),
      ],
      ["cedar\nno pine"],
    ],
    [
      "removed, then a line of its own",
      [queue("enqueue", "cedar"), queue("remove", "cedar"), later("cedar")],
      ["cedar"],
    ],
    [
      "an attachment, then removed",
      [queue("enqueue", "cedar"), attached("cedar"), queue("remove", "cedar")],
      ["cedar"],
    ],
    [
      "an attachment, then removed without words",
      [queue("enqueue", "cedar"), attached("cedar"), queue("remove")],
      ["cedar"],
    ],
    [
      "removed, then an attachment",
      [
        queue("enqueue", "cedar"),
        queue("remove", "cedar", 6, { reason: "absorbed_mid_turn" }),
        attached("cedar"),
      ],
      ["cedar"],
    ],
    [
      "an attachment of blocks",
      [
        queue("enqueue", "cedar"),
        queue("remove", "cedar"),
        attached([{ type: "text", text: "cedar" }, { type: "image" }]),
      ],
      ["cedar"],
    ],
    ["taken back", [queue("enqueue", "cedar"), queue("popAll", "cedar")], []],
    [
      "all taken back",
      [queue("enqueue", "cedar"), queue("enqueue", "no pine"), queue("popAll")],
      [],
    ],
    [
      "one of two taken back",
      [
        queue("enqueue", "cedar"),
        queue("enqueue", "no pine"),
        queue("popAll", "cedar"),
        queue("remove", "no pine"),
      ],
      ["no pine"],
    ],
    [
      "taken back, and given anew",
      [queue("enqueue", "cedar"), queue("popAll", "cedar"), later("cedar or oak")],
      ["cedar or oak"],
    ],
    [
      "removed for another reason",
      [queue("enqueue", "cedar"), queue("remove", "cedar", 6, { reason: "agent_stopped" })],
      [],
    ],
    [
      "removed where attachments tell the others",
      [attached("oak"), queue("enqueue", "cedar"), queue("remove", "cedar")],
      ["oak"],
    ],
    ["still waiting", [queue("enqueue", "cedar")], []],
    [
      "a notification",
      [queue("enqueue", "<task-notification>x</task-notification>"), queue("remove")],
      [],
    ],
    [
      "a teammate's",
      [queue("enqueue", '<teammate-message teammate_id="a">x</teammate-message>'), queue("remove")],
      [],
    ],
    [
      "a command",
      [
        queue("enqueue", "/compact keep"),
        queue("dequeue"),
        later("<command-name>/compact</command-name>"),
      ],
      [],
    ],
    [
      "a shell command",
      [queue("enqueue", "ls"), queue("dequeue"), later("<bash-input>ls</bash-input>")],
      [],
    ],
    [
      "a meta line's words",
      [
        queue("enqueue", "water daily"),
        queue("dequeue"),
        { ...later("water daily"), isMeta: true },
      ],
      [],
    ],
    ["without content", [queue("enqueue"), queue("dequeue"), later("cedar")], ["cedar"]],
    [
      "another's taken first",
      [
        queue("enqueue", "cedar"),
        queue("enqueue", "<task-notification>x</task-notification>"),
        queue("dequeue"),
        later("<task-notification>x</task-notification>"),
        said(1),
        queue("dequeue"),
        later("cedar", "u2"),
      ],
      ["cedar"],
    ],
  ])("%s", (_what, lines, texts) => {
    expect(asked(...lines, said(9))).toEqual(texts);
  });

  test("a repeat of the lines is the same row, and a fork's copy has the same id", () => {
    const lines = [queue("enqueue", "cedar"), queue("remove", "cedar"), said(1)];
    const [row] = told(...lines).messages.filter(({ role }) => role === "user");
    expect(row).toEqual({
      id: expect.stringMatching(/^queued-[0-9a-f]{16}$/),
      sessionId: "s",
      source: "claude-code",
      role: "user",
      textContent: "cedar",
      createdAt: T0 + 5000,
      updatedAt: T0 + 5000,
    });
    expect(told(...lines, ...lines).messages).toEqual(told(...lines).messages);
    const copies = lines.map((line) => ({ ...line, sessionId: "fork" }));
    expect(told(...copies).messages.map(({ id }) => id)).toContain(row?.id);
  });

  test("a sub-agent's answer does not tell that it was taken up", () => {
    const aside = answer("a", "aside", { line: { isSidechain: true, agentId: "x" } });
    const lines = [queue("enqueue", "cedar"), queue("remove", "cedar"), aside, attached("cedar")];
    expect(asked(...lines, said(1))).toEqual(["cedar"]);
  });
});
