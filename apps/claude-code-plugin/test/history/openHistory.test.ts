import {
  appendFileSync,
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openHistory } from "../../src/history/openHistory.ts";
import { ClaudeDir, idOf, leftIn, readHistory, rowsOf, said, saidIn } from "./claudeDir.ts";

/** A sub-agent's line, whose name is not that of its file. */
const SIDE = { agentId: "told" };

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

const NOT_OWN = "a symlink to what is not your own";
const UNREADABLE = "no permission to read it";

describe("sub-agents are read wherever they lie", () => {
  const subagents = (dir: ClaudeDir) => join(dir.garden, idOf(1), "subagents");

  test.each<[string, string, string]>([
    ["beside each other", "agent-a1.jsonl", "a1"],
    ["of a workflow", "workflows/wf_1/agent-a1.jsonl", "a1"],
    ["of another kind of group, deeper", "x/y/z/agent-a1.jsonl", "a1"],
    ["of a sub-agent", "subagents/agent-a1.jsonl", "a1"],
    ["of a teammate", "agent-reviewer@team-1.jsonl", "reviewer@team-1"],
    ["with dots", "agent-a.b.c.jsonl", "a.b.c"],
    ["with blanks and other scripts", "agent-Fräulein Müller 測.jsonl", "Fräulein Müller 測"],
    ["with a long name", `agent-${"x".repeat(200)}.jsonl`, "x".repeat(200)],
    ["a compaction's", "agent-acompact-1f.jsonl", "acompact-1f"],
    ["with `agent-` in its id", "agent-agent-7.jsonl", "agent-7"],
  ])("%s", (_what, name, agentId) => {
    using dir = new ClaudeDir();
    dir.write(join(dir.garden, `${idOf(1)}.jsonl`), said("Go"));
    const path = dir.write(join(subagents(dir), name), said("Look", SIDE));
    dir.write(path.replace(/\.jsonl$/, ".meta.json"), '{"agentType":"explore"}');
    const history = openHistory([dir.config]);
    expect(saidIn(history)).toEqual(["Go · 1", `Look · 1 · ${agentId}`]);
    expect(rowsOf(history).messages).toContainEqual(expect.objectContaining({ agent: "explore" }));
    expect(history.parts).toHaveLength(1);
    expect(history.left).toEqual([]);
  });

  test("by their lines where their name is none", () => {
    using dir = new ClaudeDir();
    dir.write(join(subagents(dir), "explorer.jsonl"), said("Look", { agentId: "e1" }));
    expect(saidIn(openHistory([dir.config]))).toEqual(["Look · 1 · e1"]);
  });

  test("what is no transcript beside them is none, and told where it might be", () => {
    using dir = new ClaudeDir();
    dir.write(join(subagents(dir), "workflows", "wf_1", "journal.jsonl"), '{"type":"result"}\n');
    dir.write(join(subagents(dir), "notes.md"), "# notes\n");
    dir.write(join(subagents(dir), "empty.jsonl"), "");
    dir.write(join(dir.garden, "memory", "MEMORY.md"), "x");
    dir.write(join(dir.garden, "sessions-index.json"), "{}");
    dir.write(join(dir.garden, idOf(1), "tool-results", "r.jsonl"), "{}\n");
    expect(openHistory([dir.config]).left).toEqual([]);
    const odd = dir.write(join(subagents(dir), "metrics.jsonl"), '{"cpu":1}\n');
    const elsewhere = dir.write(join(dir.garden, idOf(1), "old", "a.jsonl"), "{}\n");
    const outside = dir.write(join(dir.projects, "stray.jsonl"), "{}\n");
    const { left } = openHistory([dir.config]);
    expect(left.map(({ what }) => what).sort()).toEqual([elsewhere, odd, outside].sort());
  });

  test("so deep that nobody put them there, they are told", () => {
    using dir = new ClaudeDir();
    dir.write(join(subagents(dir), "x/".repeat(30), "agent-a1.jsonl"), said("Deep", SIDE));
    expect(leftIn(openHistory([dir.config]))).toEqual({ "directories too deep in each other": 1 });
  });
});

describe("transcripts in a project's directory belong to the session that their lines name", () => {
  test.each<[string, string, string[]]>([
    ["a sub-agent's", "agent-0f9e8d7c.jsonl", ["Look · 2 · 0f9e8d7c"]],
    ["one with an odd name", "agent-a@b.c.jsonl", ["Look · 2 · a@b.c"]],
    ["a copy that a person made", `${idOf(2)} (copy).jsonl`, ["Look · 2"]],
    ["one under a name of its own", "backup.jsonl", ["Look · 2"]],
  ])("%s", (_what, name, expected) => {
    using dir = new ClaudeDir();
    const header = '{"type":"file-history-snapshot","messageId":"m","snapshot":{}}\n';
    dir.write(
      join(dir.garden, name),
      header + said("Look", { session: 2, ...(name.startsWith("agent-") ? SIDE : {}) }),
    );
    const history = openHistory([dir.config]);
    expect(saidIn(history)).toEqual(expected);
    expect(history.parts.map(({ id }) => id)).toEqual([idOf(2)]);
    expect(rowsOf(history).sessions.map(({ id }) => id)).toEqual([idOf(2)]);
  });

  test("one of another project's session is a part of it", () => {
    using dir = new ClaudeDir();
    dir.write(join(dir.projects, "-home-ada-zoo", `${idOf(2)}.jsonl`), said("Go", { session: 2 }));
    dir.write(join(dir.garden, "agent-1.jsonl"), said("Look", { session: 2 }));
    const { parts } = openHistory([dir.config]);
    expect(parts.map(({ id }) => id)).toEqual([idOf(2)]);
  });

  test("one that names none is told, an empty one is nothing", () => {
    using dir = new ClaudeDir();
    dir.write(join(dir.garden, "agent-1.jsonl"), '{"type":"user"}\n{broken\n');
    dir.write(join(dir.garden, "agent-2.jsonl"), "");
    dir.write(join(dir.garden, "metrics.jsonl"), '{"timestamp":"2026-03-01T00:00:00Z"}\n');
    const history = openHistory([dir.config]);
    expect(history.parts).toEqual([]);
    expect(leftIn(history)).toEqual({ "a .jsonl file that names no session": 2 });
  });
});

test("a session's parts in several projects, directories and configurations are one", () => {
  using dir = new ClaudeDir();
  using other = new ClaudeDir();
  const name = `${idOf(1)}.jsonl`;
  dir.write(join(dir.garden, name), said("One"));
  dir.write(join(dir.projects, "-home-ada-zoo", name), said("Two", { at: 1 }));
  other.write(join(other.garden, name), said("Three", { at: 2 }));
  other.write(
    join(other.projects, "-w", idOf(1), "subagents", "agent-a.jsonl"),
    said("Four", { at: 3, ...SIDE }),
  );
  const history = openHistory([dir.config, other.config, join(dir.root, "nowhere")]);
  expect(history.parts.map(({ id }) => id)).toEqual([idOf(1)]);
  expect(saidIn(history)).toEqual(["Four · 1 · a", "One · 1", "Three · 1", "Two · 1"]);
  expect(history.places).toEqual([dir.config, other.config]);
});

describe("links of the user's own to what is their own are followed", () => {
  test.each<[string, (dir: ClaudeDir) => string]>([
    ["a project", (dir) => dir.garden],
    ["a transcript", (dir) => join(dir.garden, `${idOf(1)}.jsonl`)],
    ["a session's directory", (dir) => join(dir.garden, idOf(1))],
    ["a session's sub-agents", (dir) => join(dir.garden, idOf(1), "subagents")],
    ["a group of them", (dir) => join(dir.garden, idOf(1), "subagents", "workflows")],
    ["a sub-agent", (dir) => join(dir.garden, idOf(1), "subagents", "agent-a.jsonl")],
    ["a sub-agent's type", (dir) => join(dir.garden, idOf(1), "subagents", "agent-a.meta.json")],
    ["all projects", (dir) => dir.projects],
    ["the configuration", (dir) => dir.config],
  ])("%s", (_what, linked) => {
    using dir = new ClaudeDir();
    dir.write(join(dir.garden, `${idOf(1)}.jsonl`), said("Go"));
    const agents = join(dir.garden, idOf(1), "subagents");
    dir.write(join(agents, "agent-a.jsonl"), said("Look", SIDE));
    dir.write(join(agents, "agent-a.meta.json"), '{"agentType":"explore"}');
    dir.write(join(agents, "workflows", "wf_1", "agent-b.jsonl"), said("Dig", SIDE));
    const before = rowsOf(openHistory([dir.config]));
    renameSync(linked(dir), join(dir.root, "elsewhere"));
    symlinkSync(join(dir.root, "elsewhere"), join(dir.root, "hop"));
    symlinkSync(join(dir.root, "hop"), linked(dir));
    const history = openHistory([dir.config]);
    expect(rowsOf(history)).toEqual(before);
    expect(before.messages).toHaveLength(3);
    expect(history.left).toEqual([]);
  });

  test.each<[string, (own: string, other: string) => void]>([
    ["a link in the same project", (own, other) => symlinkSync(own, other)],
    ["a hard link", (own, other) => linkSync(own, other)],
  ])("what has two names is read once: %s", (_what, make) => {
    using dir = new ClaudeDir();
    const own = dir.write(join(dir.garden, `${idOf(2)}.jsonl`), said("Go", { session: 2 }));
    make(own, join(dir.garden, `${idOf(1)}.jsonl`));
    symlinkSync(dir.garden, join(dir.projects, "-a-link"));
    symlinkSync(dir.projects, join(dir.projects, "-loop"));
    const history = openHistory([dir.config]);
    expect(readHistory(history)).toHaveLength(1);
    expect(saidIn(history)).toEqual(["Go · 2"]);
    expect(history.left).toEqual([]);
  });

  test("one that leads nowhere, in a circle or to the system's is told", () => {
    using dir = new ClaudeDir();
    mkdirSync(dir.garden, { recursive: true });
    symlinkSync(join(dir.root, "nowhere"), join(dir.garden, `${idOf(1)}.jsonl`));
    symlinkSync(`${idOf(2)}.jsonl`, join(dir.garden, `${idOf(2)}.jsonl`));
    const systems = isRoot ? 0 : 1;
    if (systems) symlinkSync("/etc/passwd", join(dir.garden, `${idOf(3)}.jsonl`));
    expect(leftIn(openHistory([dir.config]))).toEqual({
      "a symlink that leads nowhere": 1,
      "symlinks that lead in a circle": 1,
      ...(systems ? { [NOT_OWN]: 1 } : {}),
    });
  });

  test("a text file that was a link before it was copied is told", () => {
    using dir = new ClaudeDir();
    const behind = dir.write(join(dir.root, "stow", `${idOf(1)}.jsonl`), said("Go"));
    const project = dir.write(join(dir.projects, "-w-app"), "../../stow");
    const transcript = dir.write(join(dir.garden, `${idOf(1)}.jsonl`), behind);
    dir.write(join(dir.projects, "README"), "../../no such place");
    dir.write(join(dir.garden, `${idOf(2)}.jsonl`), '{"type":"user","mess');
    const { left } = openHistory([dir.config]);
    const reason = "a text file in a symlink's place";
    expect(left).toEqual([
      { what: transcript, reason },
      { what: project, reason },
    ]);
  });

  test("directories that lead into each other come to an end", () => {
    using dir = new ClaudeDir();
    const agents = join(dir.garden, idOf(1), "subagents");
    dir.write(join(agents, "agent-a.jsonl"), said("Look", SIDE));
    symlinkSync(agents, join(agents, "again"));
    symlinkSync(dir.projects, join(agents, "up"));
    const history = openHistory([dir.config]);
    expect(saidIn(history)).toEqual(["Look · 1 · a"]);
  });
});

describe.runIf(isRoot)("what another user owns is left behind a link, and told", () => {
  const theirs = (path: string) => {
    chownSync(path, NOBODY, NOBODY);
    return path;
  };

  test.each<[string, (dir: ClaudeDir, outside: string) => void]>([
    ["a transcript", (dir, outside) => symlinkSync(theirs(join(outside, "s.jsonl")), own(dir))],
    ["a project", (dir, outside) => symlinkSync(theirs(outside), `${dir.garden}-link`)],
    [
      "a transcript in a directory that is theirs",
      (dir, outside) => {
        theirs(outside);
        symlinkSync(join(outside, "s.jsonl"), own(dir));
      },
    ],
    [
      "a transcript by a link of theirs on the way",
      (dir, outside) => {
        const hop = join(dir.root, "hop");
        symlinkSync(outside, hop);
        giveLink(hop);
        symlinkSync(join(hop, "s.jsonl"), own(dir));
      },
    ],
    [
      "a link of theirs to the user's own",
      (dir, outside) => {
        symlinkSync(join(outside, "s.jsonl"), own(dir));
        giveLink(own(dir));
      },
    ],
  ])("%s", (_what, make) => {
    using dir = new ClaudeDir();
    mkdirSync(dir.garden, { recursive: true });
    const outside = mkdtempSync(join(dir.root, "outside-"));
    writeFileSync(join(outside, "s.jsonl"), said("Stolen"));
    make(dir, outside);
    const history = openHistory([dir.config]);
    expect(readHistory(history)).toEqual([]);
    expect(leftIn(history)).toEqual({ [NOT_OWN]: 1 });
  });

  test("one file in a directory of the user's own", () => {
    using dir = new ClaudeDir();
    mkdirSync(dir.projects, { recursive: true });
    const outside = join(dir.root, "outside");
    dir.write(join(outside, `${idOf(1)}.jsonl`), said("Mine"));
    theirs(dir.write(join(outside, `${idOf(2)}.jsonl`), said("Theirs", { session: 2 })));
    symlinkSync(outside, dir.garden);
    const history = openHistory([dir.config]);
    expect(saidIn(history)).toEqual(["Mine · 1"]);
    expect(leftIn(history)).toEqual({ "another user's file behind a symlink": 1 });
  });

  const own = (dir: ClaudeDir) => join(dir.garden, `${idOf(1)}.jsonl`);
});

/** Gives a link itself to another user. */
function giveLink(path: string): void {
  lchownSync(path, NOBODY, NOBODY);
}

test.skipIf(isRoot)("what may not be read is told", () => {
  using dir = new ClaudeDir();
  const closed = [
    dir.write(join(dir.garden, `${idOf(1)}.jsonl`), said("One")),
    join(dir.write(join(dir.projects, "-closed", "x"), ""), ".."),
  ];
  for (const path of closed) chmodSync(path, 0);
  expect(leftIn(openHistory([dir.config]))).toEqual({ [UNREADABLE]: 2 });
  for (const path of closed) chmodSync(path, 0o700);
});

test("what is no regular file is told", () => {
  using dir = new ClaudeDir();
  mkdirSync(join(dir.garden, `${idOf(1)}.jsonl`), { recursive: true });
  expect(leftIn(openHistory([dir.config]))).toEqual({ "no regular file": 1 });
});

describe("a part's fingerprint", () => {
  const files = (dir: ClaudeDir) => ({
    own: join(dir.garden, `${idOf(1)}.jsonl`),
    agent: join(dir.garden, idOf(1), "subagents", "agent-a.jsonl"),
    meta: join(dir.garden, idOf(1), "subagents", "agent-a.meta.json"),
  });
  const laidOut = (dir: ClaudeDir) => {
    const { own, agent, meta } = files(dir);
    dir.write(own, said("Go"));
    dir.write(agent, said("Look", SIDE));
    dir.write(meta, "{}");
    return files(dir);
  };
  const only = (dir: ClaudeDir) => {
    const { parts } = openHistory([dir.config]);
    if (!parts[0] || parts.length > 1) throw new Error("not one part");
    return parts[0];
  };

  test.each<[string, (dir: ClaudeDir) => void]>([
    ["the transcript grew", (dir) => appendFileSync(files(dir).own, said("More"))],
    ["a sub-agent's grew", (dir) => appendFileSync(files(dir).agent, said("More"))],
    ["its type was told", (dir) => writeFileSync(files(dir).meta, '{"agentType":"x"}')],
    ["the type's file went", (dir) => rmSync(files(dir).meta)],
    ["a sub-agent came", (dir) => writeFileSync(`${files(dir).agent.slice(0, -7)}b.jsonl`, "")],
    ["a line was replaced by one as long", (dir) => writeFileSync(files(dir).own, said("No"))],
    [
      "and the time was set back",
      (dir) => {
        writeFileSync(files(dir).own, said("No"));
        utimesSync(files(dir).own, 1_000, 1_000);
      },
    ],
  ])("differs where %s", (_what, change) => {
    using dir = new ClaudeDir();
    laidOut(dir);
    const { fingerprint } = only(dir);
    expect(only(dir).fingerprint).toBe(fingerprint);
    change(dir);
    expect(only(dir).fingerprint).not.toBe(fingerprint);
  });

  test("its bytes are those of its transcripts, its time the last write's", () => {
    using dir = new ClaudeDir();
    const { own, agent, meta } = laidOut(dir);
    for (const [path, at] of [
      [own, 5_000],
      [agent, 7_000.25],
      [meta, 6_000],
    ] as const) {
      utimesSync(path, at, at);
    }
    const part = only(dir);
    expect(part.bytes).toBe(Buffer.byteLength(said("Go") + said("Look", SIDE)));
    expect(part.writtenAt).toBe(7_000_250);
  });
});

test("broken lines are told with their place, as live capture tells them", () => {
  using dir = new ClaudeDir();
  const transcript = dir.write(join(dir.garden, `${idOf(1)}.jsonl`), `${said("Go")}{half\n`);
  const unreadable = readHistory(openHistory([dir.config])).flatMap((found) => found.unreadable);
  const offset = Buffer.byteLength(said("Go"));
  expect(unreadable).toEqual([
    { raw: { transcript, offset, line: "{half" }, reason: "transcript: not a JSON object" },
  ]);
});
