import type { AgentSummary } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { expect, test } from "vitest";
import { treeOf } from "../../src/output/tree/treeOf.ts";
import { treeRows } from "../../src/output/tree/treeRows.ts";
import { shown, T } from "../transcript/rows.ts";

function session(id: string, n: number, fields: Partial<SessionSummary> = {}): SessionSummary {
  return shown({}, { id, title: id, createdAt: T + n, ...fields }).session;
}

function agent(agentId: string, startedBy: string | null = null): AgentSummary {
  const unknown = { agent: "Explore", createdAt: T, updatedAt: T };
  return { sessionId: "a", agentId, startedBy, ...unknown, messageCount: 2, toolCallCount: 1 };
}

/** The last two cells: the title as deep as it stands, and the id. */
function drawn(sessions: SessionSummary[], agents: AgentSummary[], listed: string[]): string[] {
  const rows = treeRows(treeOf({ sessions, agents, complete: true }, listed));
  return rows.map((cells) => cells.slice(-2).join(" | "));
}

test("what a session started stands below it, and forks below what they were made of", () => {
  const sessions = [
    session("a", 0),
    session("b", 3, { parentId: "a" }),
    session("c", 2, { parentId: "a" }),
    session("d", 4, { parentId: "c" }),
    session("f", 5, { forkedFromId: "a" }),
    session("other", 6),
    session("fork", 7, { forkedFromId: "elsewhere" }),
    session("orphan", 8, { parentId: "gone" }),
  ];
  const agents = [agent("g1"), agent("g2", "g1")];
  expect(drawn(sessions, agents, ["other", "d", "a", "fork", "orphan"])).toEqual([
    "other | other",
    "a | a",
    "├ agent Explore | g1",
    "│ └ agent Explore | g2",
    "├ c | c",
    "│ └ d | d",
    "├ b | b",
    "└ fork: f | f",
    "fork of elsewhere: fork | fork",
    "orphan | orphan",
  ]);
});

test("sessions that started each other end it", () => {
  const circle = [session("x", 0, { parentId: "y" }), session("y", 1, { parentId: "x" })];
  expect(drawn(circle, [], ["x", "y"])).toHaveLength(2);
});
