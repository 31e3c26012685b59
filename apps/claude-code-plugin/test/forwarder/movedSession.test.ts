import { appendFileSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveSession } from "../../src/forwarder/liveSession.ts";
import type { SessionPositions } from "../../src/forwarder/positions.ts";
import { openHistory } from "../../src/history/openHistory.ts";
import { Places } from "../../src/places/places.ts";
import { ClaudeDir, idOf, rowsOf, said, saidIn } from "../history/claudeDir.ts";
import { Rows } from "../translate/rows.ts";

const NAME = `${idOf(1)}.jsonl`;

/** A session that is followed: what was read of it so far, and how often. */
class Following {
  readonly rows = new Rows();
  readonly texts: string[] = [];
  readonly #places: Places;
  #session: LiveSession;

  constructor(dir: ClaudeDir) {
    this.#places = new Places(() => [dir.config]);
    this.#session = new LiveSession(idOf(1), this.#places, null);
  }

  /** Reads what is there; a hook asks for it where it is `told` of. */
  read(told = false): this {
    if (told) this.#session.look(true);
    for (const { records } of this.#session.read()) {
      this.rows.add(records);
      const messages = records.filter(({ kind }) => kind === "message");
      this.texts.push(
        ...messages.map(({ data }) => String("textContent" in data && data.textContent)),
      );
    }
    return this;
  }

  /** As after the death of the process. */
  again(): this {
    const saved = JSON.parse(JSON.stringify(this.#session.positions())) as SessionPositions;
    this.#session = new LiveSession(idOf(1), this.#places, saved);
    return this;
  }
}

const zoo = (dir: ClaudeDir) => join(dir.projects, "-home-ada-zoo");
const put = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, text);
};
const move = (from: string, to: string) => {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
};

describe("a transcript that is moved is read on from where it was left", () => {
  test.each<[string, (following: Following) => Following]>([
    ["by a hook", (following) => following.read(true)],
    ["without one", (following) => following.read()],
    ["while no forwarder ran", (following) => following.again().read()],
  ])("found %s", (_how, find) => {
    using dir = new ClaudeDir();
    const own = dir.write(join(dir.garden, NAME), said("One"));
    const agent = join(dir.garden, idOf(1), "subagents", "agent-a.jsonl");
    put(agent, said("Look", { agentId: "a", at: 1 }));
    const following = new Following(dir).read();
    move(own, join(zoo(dir), NAME));
    put(join(zoo(dir), NAME), said("Two", { at: 2 }));
    find(following);
    expect(following.texts).toEqual(["One", "Look", "Two"]);
    move(join(dir.garden, idOf(1)), join(zoo(dir), idOf(1)));
    put(agent.replace(dir.garden, zoo(dir)), said("Dig", { agentId: "a", at: 3 }));
    put(join(zoo(dir), NAME), said("Three", { at: 4 }));
    find(following);
    expect(following.texts.slice(3).sort()).toEqual(["Dig", "Three"]);
    expect(following.rows.told()).toEqual(rowsOf(openHistory([dir.config])));
  });

  test("and back, and one is begun anew in its old place", () => {
    using dir = new ClaudeDir();
    const own = dir.write(join(dir.garden, NAME), said("One"));
    const following = new Following(dir).read();
    move(own, join(zoo(dir), NAME));
    put(own, said("Two", { at: 1 }));
    put(join(zoo(dir), NAME), said("Three", { at: 2 }));
    following.read(true).again().read();
    expect(following.texts.sort()).toEqual(["One", "Three", "Two"]);
  });

  test("one that is copied elsewhere and goes on there is read again and doubles nothing", () => {
    using dir = new ClaudeDir();
    const own = dir.write(join(dir.garden, NAME), said("One"));
    const following = new Following(dir).read();
    mkdirSync(zoo(dir));
    copyFileSync(own, join(zoo(dir), NAME));
    put(join(zoo(dir), NAME), said("Two", { at: 1 }));
    following.read(true);
    rmSync(own);
    put(join(zoo(dir), NAME), said("Three", { at: 2 }));
    following.read();
    expect(following.rows.told().messages.map(({ textContent }) => textContent)).toEqual([
      "One",
      "Three",
      "Two",
    ]);
    expect(following.texts.filter((text) => text === "Three")).toHaveLength(1);
  });
});

test("what an agent's own directory and its neighbours hold is followed as an import reads it", () => {
  using dir = new ClaudeDir();
  const own = dir.write(join(dir.garden, NAME), said("Go"));
  const following = new Following(dir).read();
  const agents = join(dir.garden, idOf(1), "subagents");
  const side = (text: string) => said(text, { agentId: "told", at: 1 });
  const deep = join(agents, "workflows", "wf_1", "agent-a1.jsonl");
  put(deep, side("Probe"));
  put(join(agents, "agent-reviewer@team.jsonl"), side("Review"));
  put(join(dir.garden, "agent-0f9e.jsonl"), side("Old"));
  put(join(dir.garden, "agent-1111.jsonl"), said("Another's", { session: 2, agentId: "1111" }));
  following.read();
  put(deep, side("Again"));
  dir.write(deep.replace(".jsonl", ".meta.json"), '{"agentType":"workflow-subagent"}');
  following.read();
  const told = following.rows.told();
  const of = (text: string) => told.messages.find(({ textContent }) => textContent === text);
  expect(told.messages.map(({ textContent }) => textContent).sort()).toEqual([
    "Again",
    "Go",
    "Old",
    "Probe",
    "Review",
  ]);
  expect(of("Probe")).toMatchObject({ agentId: "a1", agent: "workflow-subagent" });
  expect(of("Old")).toMatchObject({ agentId: "0f9e" });
  rmSync(join(dir.garden, "agent-1111.jsonl"));
  expect(saidIn(openHistory([dir.config]))).toHaveLength(5);
  expect(told).toEqual(rowsOf(openHistory([dir.config])));
  expect(existsSync(own)).toBe(true);
});

describe("sub-agents alone tell of their session", () => {
  const agent = (dir: ClaudeDir, id: string) =>
    join(dir.garden, idOf(1), "subagents", `agent-${id}.jsonl`);

  test("its times, project and version, in pieces as in one go", () => {
    using dir = new ClaudeDir();
    const following = new Following(dir);
    put(agent(dir, "a"), said("Look", { agentId: "a", at: 5 }));
    following.read();
    put(agent(dir, "a"), said("Seen", { agentId: "a", at: 9, cwd: "/home/ada/garden/beds" }, "m"));
    put(agent(dir, "b"), said("Dig", { agentId: "b", at: 7 }));
    following.read().again().read();
    expect(following.rows.told().sessions).toEqual([
      {
        id: idOf(1),
        source: "claude-code",
        projectPath: "/home/ada/garden",
        projectName: "garden",
        agentVersion: "2.1.217",
        createdAt: 1_772_323_205_000,
        updatedAt: 1_772_323_209_000,
      },
    ]);
    expect(following.rows.told()).toEqual(rowsOf(openHistory([dir.config])));
  });

  test("its own transcript tells the rest once it is there", () => {
    using dir = new ClaudeDir();
    put(agent(dir, "a"), said("Look", { agentId: "a", at: 5 }));
    const following = new Following(dir).read();
    put(join(zoo(dir), NAME), said("Go", { at: 1, cwd: "/home/ada/zoo" }));
    put(join(zoo(dir), NAME), said("Gone", { at: 12 }, "m"));
    following.read(true);
    const { createdAt: _live, ...session } = following.rows.told().sessions[0] ?? {};
    expect(session).toMatchObject({ title: "Go", updatedAt: 1_772_323_212_000 });
  });

  test("one without a time tells nothing of it", () => {
    using dir = new ClaudeDir();
    put(agent(dir, "a"), '{"type":"user","message":{"content":"x"}}\n');
    expect(rowsOf(openHistory([dir.config])).sessions).toEqual([]);
  });
});

test("however a session's files grow, move and are read, the rows are those of an import", () => {
  const place = fc.integer({ min: 0, max: 2 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ do: "say" as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("ask" as const), agent: place }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("move" as const), to: place }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const), told: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ do: "again" as const }) },
  );
  const AGENTS = ["agent-a.jsonl", "workflows/wf_1/agent-b.jsonl", "agent-c@d.e.jsonl"];
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 25 }), (steps) => {
      using dir = new ClaudeDir();
      const project = (n: number) => join(dir.projects, `-p${n}`);
      let at = 0;
      let here = 0;
      const own = () => join(project(here), NAME);
      const next = (more: object = {}) => said(`t${at}`, { at: at++, ...more });
      put(own(), next());
      const following = new Following(dir);
      for (const each of steps) {
        if (each.do === "say") put(own(), next());
        if (each.do === "ask") {
          const path = join(project(here), idOf(1), "subagents", String(AGENTS[each.agent]));
          put(path, next({ agentId: "x" }));
        }
        if (each.do === "move" && each.to !== here) {
          const [from, directory] = [own(), join(project(here), idOf(1))];
          here = each.to;
          move(from, own());
          // Claude Code may leave what sub-agents wrote where it was.
          if (at % 2 === 0 && existsSync(directory) && !existsSync(join(project(here), idOf(1)))) {
            move(directory, join(project(here), idOf(1)));
          }
        }
        if (each.do === "read") following.read(each.told);
        if (each.do === "again") following.read().again();
      }
      following.read(true);
      expect(following.rows.told()).toEqual(rowsOf(openHistory([dir.config])));
      // Nothing that stayed what it was is handed out twice.
      expect(following.texts.toSorted()).toEqual([...new Set(following.texts)].toSorted());
    }),
    { numRuns: 60 },
  );
});
