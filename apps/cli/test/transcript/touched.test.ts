import { expect, test } from "vitest";
import { touchedOf } from "../../src/output/transcript/call/touched.ts";
import { row } from "./rows.ts";

const FILES = JSON.stringify({ files: ["/w/app/b.ts", "/w/app/c.ts"] });

test.each([
  ["a file of the project", { filePath: "/w/app/src/a.ts" }, "src/a.ts"],
  ["the project itself", { filePath: "/w/app" }, "."],
  ["a file elsewhere", { filePath: "/w/other/a.ts" }, "/w/other/a.ts"],
  ["a folder that begins alike", { filePath: "/w/apple/a.ts" }, "/w/apple/a.ts"],
  ["several files", { filePath: "/w/app/a.ts", data: FILES }, "a.ts and 2 more"],
  ["a file before what is written", { filePath: "/w/app/a.ts", input: { content: "x" } }, "a.ts"],
  [
    "a pattern and where it is sought",
    { kind: "search", filePath: "/w/app/src", input: { pattern: "login" } },
    "login in src",
  ],
  ["a pattern alone", { kind: "search", input: { pattern: "**/*.ts", limit: 3 } }, "**/*.ts"],
  ["a command", { input: { command: "ls -l", description: "List" } }, "ls -l"],
  ["a command of several lines", { input: { command: "\ncat <<E\nx\nE" } }, "cat <<E …"],
  ["a page", { input: { prompt: "Sum up", url: "https://a.example" } }, "https://a.example"],
  ["a sub-agent", { kind: "task", input: { description: "Look", prompt: "Long" } }, "Look"],
  ["a list of things to do", { kind: "todo", input: { todos: [{}, {}] } }, "2 todos"],
  ["a question", { kind: "question", input: { questions: [{ question: "Why?" }] } }, "Why?"],
  ["a question of another shape", { kind: "question", input: { questions: ["Why?"] } }, null],
  ["a tool of somebody's", { kind: "mcp", input: { limit: 3, owner: "me" } }, "me"],
  ["an input that was not finished", { input: '{"comm' }, '{"comm'],
  ["a title, the input not at hand", { data: '{"title":"Run tests"}' }, "Run tests"],
  ["an empty input", { input: {} }, null],
  ["a list as input", { input: ["x"] }, null],
  ["nothing", {}, null],
])("%s", (_, { input, ...fields }: Record<string, unknown>, touched) => {
  const json = typeof input === "object" ? JSON.stringify(input) : (input as string | undefined);
  const call = row("toolCall", { ...fields, input: json ?? null });
  expect(touchedOf(call, "/w/app/")).toBe(touched);
});

test("a file of a project on Windows", () => {
  const call = row("toolCall", { filePath: "C:\\w\\app\\src\\a.ts" });
  expect(touchedOf(call, "C:\\w\\app")).toBe("src\\a.ts");
});
