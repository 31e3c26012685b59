import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fileName } from "../../src/export/fileName.ts";
import { HAS_SCRIPT, inTerminal } from "../inTerminal.ts";
import { SAMPLES } from "../secrets/samples.ts";
import { homeWith, type Session } from "./record.ts";

vi.setConfig({ testTimeout: 60_000 });

const FORMATS = ["markdown", "json", "ndjson", "html"];
const TOKEN = SAMPLES.find(({ kind }) => kind === "github-token") ?? SAMPLES[0]!;

/** A directory that is gone with its variable. */
function scratch() {
  const path = mkdtempSync(join(tmpdir(), "duolog-export-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** A session that has a secret in each of its texts. */
const SECRET: Session = {
  id: "ses_secret",
  title: `Title ${TOKEN.text}`,
  messages: [
    { id: "u", role: "user", textContent: `Say ${TOKEN.text}` },
    { id: "a", role: "assistant", reasoningText: `${"x ".repeat(2_000)}${TOKEN.text}` },
  ],
  calls: [
    {
      id: "c",
      messageId: "a",
      name: "bash",
      kind: "shell",
      status: "error",
      input: JSON.stringify({ command: TOKEN.text }),
      output: `${"line\n".repeat(2_000)}${TOKEN.text}`,
      error: TOKEN.text,
      filePath: `/w/${TOKEN.secret}`,
      childSessionId: "ses_child",
    },
  ],
  events: [{ id: "e", kind: "retry", text: TOKEN.text, data: JSON.stringify({ a: TOKEN.text }) }],
};
const CHILD: Session = {
  id: "ses_child",
  parentId: "ses_secret",
  messages: [{ id: "k", role: "assistant", textContent: TOKEN.text }],
};

test.each(FORMATS)("as %s no secret leaves, but with --raw, which says so", async (format) => {
  await using home = await homeWith(SECRET, CHILD);
  const masked = await home.run(["export", "ses_secret", "--format", format]);
  expect([masked.code, masked.stderr]).toEqual([0, ""]);
  expect(masked.stdout).toContain("redacted:github-token");
  expect(masked.stdout).not.toContain(TOKEN.secret);
  const raw = await home.run(["export", "ses_secret", "--format", format, "--raw"]);
  expect(raw.stderr).toBe(
    "duolog: --raw: nothing is masked, what is written holds the secrets that were said\n",
  );
  expect(raw.stdout).toContain(TOKEN.secret);
});

/** What a hostile agent, tool or user may say. */
const EVIL = [
  "</script><script>alert(1)</script>",
  "</pre></details></main><img src=x onerror=alert(1)>",
  '" onmouseover="alert(1)" \'',
  "<!-- ",
  "```\n## Assistant · forged\n````\n<script>alert(2)</script>\n~~~",
  "\u001b]0;title\u0007\u001b[2J\u202e\u0001\u009b31m",
].join("\n");

const HOSTILE: Session = {
  id: "../../<b>/x",
  title: EVIL,
  projectPath: "/w/<script>",
  messages: [
    {
      id: "u",
      role: "user",
      textContent: EVIL,
      attachments: JSON.stringify([
        { name: EVIL, path: "javascript:alert(3)" },
        { name: "page", path: 'https://a.test/"><script>' },
        { name: "file", path: "/w/a b)>.png" },
      ]),
    },
    { id: "a", role: "assistant", textContent: "Well", reasoningText: EVIL, error: EVIL },
  ],
  calls: [
    {
      id: "c",
      messageId: "a",
      name: "<b>bash",
      status: "error",
      input: JSON.stringify({ [EVIL]: EVIL }),
      output: EVIL,
      error: EVIL,
    },
  ],
  events: [{ id: "e", kind: "<i>", text: EVIL, data: JSON.stringify({ a: EVIL }) }],
};

const CONTROL = /(?!\n|\t)[\p{Cc}\u202a-\u202e]/u;

test("the page is whole by itself, runs nothing, loads nothing, and nothing that was said is part of it", async () => {
  await using home = await homeWith(HOSTILE);
  const { stdout, code } = await home.run(["export", HOSTILE.id, "--format", "html"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'">/,
  );
  const tags = stdout.match(/<[^>]*>/g) ?? [];
  const names = new Set(tags.map((tag) => /^<\/?([a-z0-9]+|!doctype)/.exec(tag)?.[1]));
  expect([...names].sort()).toEqual(
    // biome-ignore format: as a page has them
    ["!doctype", "a", "article", "body", "code", "dd", "details", "div", "dl", "dt", "h1", "h2",
     "head", "header", "html", "main", "meta", "p", "pre", "style", "summary", "title"],
  );
  const attributes = tags.flatMap((tag) => tag.match(/(?<=\s)[\w-]+(?==")/g) ?? []);
  expect([...new Set(attributes)].sort()).toEqual(
    ["charset", "class", "content", "href", "http-equiv", "lang", "name", "rel"].sort(),
  );
  const links = [...stdout.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  expect(links).toEqual(["https://a.test/%22%3E%3Cscript%3E", "file:///w/a%20b)%3E.png"]);
  expect(stdout).not.toMatch(CONTROL);
  for (const name of ["details", "article", "pre", "main"]) {
    expect(stdout.split(`<${name}`).length, name).toBe(stdout.split(`</${name}>`).length);
  }
});

test("in Markdown nothing that was said is a tag, a control character or a heading of the document's", async () => {
  await using home = await homeWith(HOSTILE);
  const { stdout, code } = await home.run(["export", HOSTILE.id]);
  expect(code).toBe(0);
  expect(stdout).not.toMatch(CONTROL);
  const unfenced = stdout.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, "");
  const tags = new Set(unfenced.match(/(?<!\\)<[a-z/!]+/g));
  expect([...tags].sort()).toEqual(
    ["</details", "</summary", "<details", "<https", "<file", "<summary"].sort(),
  );
  const headings = unfenced.match(/^#{1,3} .*$/gm) ?? [];
  expect(headings.map((heading) => heading.slice(0, 8))).toEqual([
    "# \\</scr",
    "## User ",
    "## Assis",
  ]);
});

test("--out has a file for each, named by its id, for its user alone, and writes over none", async () => {
  using out = scratch();
  const dir = join(out.path, "new", "dir");
  const ids = ["ses_a", "a/b", "a_b", "..", "../../x"];
  await using home = await homeWith(...ids.map((id) => ({ id, title: `T ${id}` })));
  const args = ["export", "--all", "--out", dir, "--format", "json"];
  const first = await home.run(args);
  expect(first.stderr).toMatch(/^duolog: 5 sessions in .*dir\n$/);
  expect([first.code, first.stdout]).toEqual([0, ""]);
  const names = ids.map((id) => fileName(id, "json"));
  expect(readdirSync(dir).sort()).toEqual(names.toSorted());
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  for (const [i, name] of names.entries()) {
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(dir, name), "utf8")).session.id).toBe(ids[i]);
  }
  writeFileSync(join(dir, "ses_a.json"), "mine");
  rmSync(join(dir, "a_b.json"));
  const again = await home.run(args);
  expect(again.code).toBe(1);
  const told = again.stderr.split("\n").filter((line) => line.includes("is there already"));
  expect(told).toHaveLength(4);
  expect(again.stderr).toContain(`${join(dir, "ses_a.json")} is there already and stays as it is`);
  expect(readFileSync(join(dir, "ses_a.json"), "utf8")).toBe("mine");
  expect(readdirSync(dir).sort()).toEqual(names.toSorted());
});

test("what stands in a file that is there already gets none of its own by a second run", async () => {
  using out = scratch();
  const grandchild = { id: "ses_deep", parentId: "ses_child" };
  const calls = [{ id: "t", name: "task", childSessionId: "ses_deep" }];
  await using home = await homeWith(SECRET, { ...CHILD, calls }, grandchild);
  const args = ["export", "--all", "--out", out.path];
  for (const code of [0, 1]) {
    expect((await home.run(args)).code).toBe(code);
    expect(readdirSync(out.path)).toEqual(["ses_secret.md"]);
  }
});

test("sessions that others started are written within them, and by themselves where those are not", async () => {
  await using home = await homeWith({ id: "lost", parentId: "gone" }, CHILD, {
    ...SECRET,
    id: "ses_secret",
  });
  const { stdout } = await home.run(["export", "--all", "--format", "ndjson"]);
  const sessions = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === "session");
  expect(sessions.map(({ data }) => data.id)).toEqual(["ses_secret", "ses_child", "lost"]);
});

test.each([
  [[], "which sessions? Name them, or say --all"],
  [["ses_child", "--all"], "--all takes no names of sessions"],
  [["ses_child", "--model", "x"], "--model narrows --all, not sessions that are named"],
  [["--all"], "several sessions need a directory: --out DIR; or --format ndjson"],
  [["ses_child", "ses_secret", "--json"], "several sessions need a directory"],
  [["nothing"], "there is no session nothing"],
])("what does not go together is refused: %j", async (args, said) => {
  await using home = await homeWith(SECRET, CHILD);
  const { code, stdout, stderr } = await home.run(["export", ...args]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(`duolog: ${said}`);
});

test("sessions are found as elsewhere: by the beginning of an id, as the last one; each once", async () => {
  await using home = await homeWith(CHILD, { id: "ses_other", title: "Other" });
  const { stdout } = await home.run(["export", "last"]);
  expect(stdout).toMatch(/^# Other\n/);
  const args = ["export", "ses_o", "last", "ses_other", "--format", "ndjson"];
  expect((await home.run(args)).stdout.trim().split("\n")).toHaveLength(1);
  const narrowed = ["export", "--all", "--since", "2090-01-01", "--format", "ndjson"];
  expect(await home.run(narrowed)).toEqual({ code: 0, stdout: "", stderr: "" });
});

test.skipIf(!HAS_SCRIPT)("in a terminal an export of everything tells how far it is", async () => {
  using out = scratch();
  await using home = await homeWith(SECRET, CHILD);
  const dir = join(out.path, "all");
  const { stdout, status } = inTerminal(home, {}, ["export", "--all", "--out", dir]);
  expect(stdout).toMatch(/of 2 sessions read/);
  expect(stdout).toContain(`duolog: 1 session in ${dir}`);
  expect(status).toBe(0);
});
