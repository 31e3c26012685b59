import { describe, expect, test } from "vitest";
import { absolutePath, lastName } from "../../src/translate/paths.ts";
import { prompt, session, told } from "./lines.ts";

describe("a project's name is the last one of its path", () => {
  test.each<[string, string | undefined]>([
    ["/home/ada/garden", "garden"],
    ["/home/ada/garden/", "garden"],
    ["/home/ada/odd\\name", "odd\\name"],
    ["/home/ada/C:\\x", "C:\\x"],
    ["/", undefined],
    ["C:\\Users\\Ada\\Garden Tools", "Garden Tools"],
    ["C:\\Users\\Ada\\Garden Tools\\", "Garden Tools"],
    ["c:/Users/Ada/Garden Tools", "Garden Tools"],
    ["C:/Users\\Ada/Garden Tools/", "Garden Tools"],
    ["C:\\", "C:"],
    ["C:", "C:"],
    ["\\\\wsl$\\Ubuntu\\home\\ada\\garden", "garden"],
    ["\\\\wsl.localhost\\Ubuntu\\", "Ubuntu"],
    ["//wsl$/Ubuntu/home/ada/garden", "garden"],
    ["\\\\?\\C:\\Users\\Ada\\garden", "garden"],
    ["/mnt/c/Users/Ada/Garden Tools", "Garden Tools"],
  ])("%s: %s", (cwd, name) => {
    expect(session(prompt("x", { cwd, timestamp: "2026-11-22T11:00:00Z" }))?.projectName).toBe(
      name,
    );
    expect(session(prompt("x", { cwd, timestamp: "2026-11-22T11:00:00Z" }))?.projectPath).toBe(cwd);
  });
});

test.each<[path: string, cwd: string | null, absolute: string | null]>([
  ["/w/../a.ts", "C:\\w", "/a.ts"],
  ["a.ts", "C:\\w", "C:\\w\\a.ts"],
  ["src/a.ts", "C:\\w\\", "C:\\w\\src\\a.ts"],
  ["src\\..\\a.ts", "c:/w", "c:\\w\\a.ts"],
  ["a.ts", "C:\\", "C:\\a.ts"],
  ["a.ts", "D:", "D:\\a.ts"],
  ["C:/w/a.ts", "/w", "C:\\w\\a.ts"],
  ["C:\\w\\..\\a.ts", null, "C:\\a.ts"],
  ["\\b\\a.ts", "C:\\w", "C:\\b\\a.ts"],
  ["D:a.ts", "C:\\w", null],
  ["a.ts", "\\\\wsl$\\Ubuntu\\home", "\\\\wsl$\\Ubuntu\\home\\a.ts"],
  ["..\\a.ts", "\\\\wsl.localhost\\Ubuntu\\home\\ada", "\\\\wsl.localhost\\Ubuntu\\home\\a.ts"],
  ["\\\\server\\share\\a.ts", "/w", "\\\\server\\share\\a.ts"],
  ["odd\\name.ts", "/w", "/w/odd\\name.ts"],
  ["a.ts", null, null],
])("%s in %s is %s", (path, cwd, absolute) => {
  expect(absolutePath(path, cwd)).toBe(absolute);
});

test("a file's name keeps what is no separator on its system", () => {
  expect(lastName("/w/a\\b.pdf")).toBe("a\\b.pdf");
  expect(lastName("a\\b.pdf")).toBe("a\\b.pdf");
  expect(lastName("C:\\w\\b.pdf")).toBe("b.pdf");
});

test("the file of a call in a Windows directory", () => {
  const block = { type: "tool_use", id: "t", name: "Read", input: { file_path: "src/a.ts" } };
  const line = {
    type: "assistant",
    sessionId: "s",
    cwd: "C:\\Users\\Ada\\Garden Tools",
    message: { id: "m", role: "assistant", model: "m", content: [block] },
  };
  expect(told(line).toolCalls).toMatchObject([
    { filePath: "C:\\Users\\Ada\\Garden Tools\\src\\a.ts" },
  ]);
});
