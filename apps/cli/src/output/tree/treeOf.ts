import type { AgentSummary } from "@duolog/contract";
import type { SessionSummary, SessionTree } from "@duolog/contract/server";

/** A session or an agent within one, with what it started and the forks that were made of it. */
export type TreeNode =
  | { kind: "session" | "fork"; session: SessionSummary; children: TreeNode[] }
  | { kind: "agent"; agent: AgentSummary; children: TreeNode[] };

/**
 * The sessions that no other one here started or was forked into, in the order in which `listed` names
 * them or what is below them; each session and agent stands in it once.
 */
export function treeOf({ sessions, agents }: SessionTree, listed: readonly string[]): TreeNode[] {
  const growing = new Growing(sessions, agents);
  const known = new Map(sessions.map((session) => [session.id, session]));
  return listed.flatMap((id) => {
    const top = topOf(known, id);
    return top ? (growing.session(top) ?? []) : [];
  });
}

/** The session at the top of the one of this id. */
function topOf(known: Map<string, SessionSummary>, id: string): SessionSummary | null {
  const passed = new Set<string>();
  let top = known.get(id);
  for (;;) {
    const above = top && known.get(top.parentId ?? top.forkedFromId ?? "");
    // Sessions that started each other, which a damaged record may tell of.
    if (!above || passed.has(above.id)) return top ?? null;
    passed.add(above.id);
    top = above;
  }
}

/** The nodes that have no place yet. */
class Growing {
  readonly #sessions: SessionSummary[];
  readonly #agents: AgentSummary[];
  readonly #placed = new Set<string>();

  constructor(sessions: SessionSummary[], agents: AgentSummary[]) {
    this.#sessions = [...sessions].sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
    this.#agents = agents;
  }

  session(session: SessionSummary): TreeNode | null {
    const { id, parentId, forkedFromId } = session;
    if (this.#placed.has(id)) return null;
    this.#placed.add(id);
    const started = this.#sessions.filter((other) => other.parentId === id);
    const forks = this.#sessions.filter((other) => !other.parentId && other.forkedFromId === id);
    const below = [...started, ...forks].flatMap((other) => this.session(other) ?? []);
    const kind = forkedFromId !== null && parentId === null ? "fork" : "session";
    return { kind, session, children: [...this.#agentsOf(id, null), ...below] };
  }

  #agentsOf(sessionId: string, startedBy: string | null): TreeNode[] {
    const own = this.#agents.filter((agent) => {
      const isHere = agent.sessionId === sessionId && agent.startedBy === startedBy;
      return isHere && !this.#placed.has(keyOf(agent));
    });
    for (const agent of own) this.#placed.add(keyOf(agent));
    return own.map((agent) => {
      return { kind: "agent", agent, children: this.#agentsOf(sessionId, agent.agentId) };
    });
  }
}

function keyOf({ sessionId, agentId }: AgentSummary): string {
  return JSON.stringify([sessionId, agentId]);
}
