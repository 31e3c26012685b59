import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { metaOf } from "../../src/places/meta.ts";
import { isFileName, wrongPath } from "../../src/places/transcriptPath.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "duolog-paths-")));
afterAll(() => rmSync(root, { recursive: true }));

const config = join(root, "config");
const projects = join(config, "projects");
mkdirSync(join(projects, "-w-app"), { recursive: true });
mkdirSync(join(root, "outside"));
symlinkSync(join(root, "outside"), join(projects, "linked"));
symlinkSync(join(root, "nowhere"), join(projects, "dangling"));
symlinkSync(config, join(root, "config-link"));
symlinkSync(join(projects, "-w-app"), join(root, "project-link"));

const wrong = (path: string, id = "s1", dirs = [config]) => wrongPath(path, id, dirs);

describe("a payload's path is one of a project's own directory", () => {
  test.each<[string, string]>([
    ["as it is", join(projects, "-w-app", "s1.jsonl")],
    ["through a link to the configuration", join(root, "config-link/projects/-w-app/s1.jsonl")],
    ["through a link to the project", join(root, "project-link", "s1.jsonl")],
    ["through a link below projects", join(projects, "linked", "s1.jsonl")],
    ["through one that leads nowhere", join(projects, "dangling", "s1.jsonl")],
    ["of a project that is not there yet", join(projects, "-new", "s1.jsonl")],
    ["under the name of the session before", join(projects, "-w-app", "s0.jsonl")],
  ])("%s", (_what, path) => {
    expect(wrong(path)).toBeNull();
    expect(wrong(path, "s1", [join(root, "elsewhere"), join(root, "config-link")])).toBeNull();
  });

  test("also where the configuration is not there yet", () => {
    const later = join(root, "later");
    expect(wrong(join(later, "projects", "-p", "s1.jsonl"), "s1", [later])).toBeNull();
  });

  test.each<[string, string]>([
    ["outside", join(root, "outside", "s1.jsonl")],
    ["outside through dots", join(projects, "..", "..", "outside", "s1.jsonl")],
    ["deeper", join(projects, "-w-app", "s1", "s1.jsonl")],
    ["not a project's", join(config, "s1.jsonl")],
    ["another file", "/etc/passwd"],
    ["relative", "projects/-w-app/s1.jsonl"],
    ["with NUL", join(projects, "-w-app", "s1\0.jsonl")],
    ["too long", join(projects, "x".repeat(300), "s1.jsonl")],
  ])("not %s", (_what, path) => {
    expect(wrong(path)).toMatch(/^transcript_path is /);
  });
});

test.each([
  ["0b5e3f1a-0000-4000-8000-00000000000a", true],
  ["../../x", false],
  ["", false],
  ["a/b", false],
  ["x".repeat(129), false],
])("%s as a session's id: %s", (id, expected) => {
  expect(isFileName(id)).toBe(expected);
});

test.each<[string, string, unknown, unknown]>([
  ["whole", '{"agentType":"explore","toolUseId":"t1"}', "explore", "t1"],
  ["half", '{"agentType"', null, null],
  ["null", "null", null, null],
  ["of other types", '{"agentType":7,"toolUseId":{}}', null, null],
  ["larger than any", `{"agentType":"x","y":"${"y".repeat(2_000_000)}"}`, null, null],
])("what is told of a sub-agent beside its transcript: %s", (name, text, agentType, toolUseId) => {
  const transcript = join(root, `agent-${name}.jsonl`);
  writeFileSync(join(root, `agent-${name}.meta.json`), text);
  expect(metaOf(transcript)).toEqual({ agentType, toolUseId });
});
