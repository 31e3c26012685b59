import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TestHome } from "./duolog.ts";

const DOCUMENT = new URL("../../../lode/commands.md", import.meta.url);

test("lode/commands.md tells the commands as they are: `npm run generate:commands` writes it", async () => {
  await using home = new TestHome();
  const { code, stdout } = await home.run(["reference"]);
  expect(code).toBe(0);
  expect(readFileSync(DOCUMENT, "utf8")).toBe(stdout);
});

test("it tells every command that help lists, and each of its options", async () => {
  await using home = new TestHome();
  const { stdout: told } = await home.run(["reference"]);
  const { stdout: help } = await home.run(["--help"]);
  const listed = help.slice(help.indexOf("Commands:")).matchAll(/^ {2}([a-z-]+)/gm);
  const names = [...listed].map(([, name]) => name).filter((name) => name !== "help");
  expect(names).toContain("show");
  for (const name of names) expect(told).toContain(`## duolog ${name}`);
  const section = told.slice(told.indexOf("## duolog show"), told.indexOf("## duolog files"));
  const { stdout: shown } = await home.run(["show", "--help"]);
  const flags = [...shown.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
  for (const flag of flags.filter((flag) => flag !== "--help")) expect(section).toContain(flag);
  expect(section).not.toContain("--tree");
});
