import type {
  FileQuestions,
  Filter,
  FindSession,
  FoundSession,
  ProjectSummary,
  Questions,
  SessionSummary,
  SessionTree,
  ToolList,
} from "@duolog/contract/server";
import { agentsOf } from "../../core/questions/agents.ts";
import { familyOf, rootOf } from "../../core/questions/families.ts";
import { ToolTotals } from "../../core/questions/toolTotals.ts";
import type { SessionQuestion } from "../../storage/questions/listSessions.ts";
import type { Reads } from "../../storage/record/reads.ts";
import { answering, summary } from "../readService.ts";
import { asked } from "./asked.ts";
import { callQuestion } from "./calls.ts";
import { collect } from "./collect.ts";
import { projectsOf } from "./projects.ts";

/** Sessions told where several are meant. */
const CANDIDATES = 10;
/** Most sessions in a tree. */
const MOST_IN_TREE = 1_000;
/** Pages of sessions in a tree. */
const MOST_PAGES = 4;
/** What a question takes at most, ms. */
const PATIENCE_MS = 10_000;

/** Answers from the stored rows. */
export function createQuestionService(storage: Reads): Omit<Questions, keyof FileQuestions> {
  return {
    findSession: (query) => answering(() => findSession(storage, query)),
    sessionTree: (ids, signal) => answering(() => sessionTree(storage, ids, signal)),
    listTools: (filter, signal) => answering(() => listTools(storage, filter, signal)),
    listProjects: (limit, signal) => answering(() => listProjects(storage, limit, signal)),
  };
}

async function findSession(storage: Reads, { ref, ...filter }: FindSession): Promise<FoundSession> {
  if (ref === "last") return { session: await lastSession(storage, filter), candidates: [] };
  const named = await storage.getSession(ref);
  if (named) return { session: summary(named), candidates: [] };
  const found = await storage.loadSessions(await storage.idsBeginning(ref, CANDIDATES + 1));
  const sessions = found.map(summary);
  const [only] = sessions;
  if (only && sessions.length === 1) return { session: only, candidates: [] };
  return { session: null, candidates: sessions.slice(0, CANDIDATES) };
}

/** Of the sessions that a person began, not a sub-agent's. */
async function lastSession(storage: Reads, filter: Filter) {
  const question = await asked(storage, filter);
  const terms = [question.narrow.where, `s."parent_id" IS NULL`].filter((term) => term !== "");
  const narrow = { ...question.narrow, where: terms.join(" AND ") };
  const [last] = await firstSessions(storage, { ...question, narrow });
  return last ? summary(last) : null;
}

/** The newest session of a question, however far back. */
async function firstSessions(storage: Reads, question: SessionQuestion) {
  let page = await storage.listSessions(1, null, question);
  while (page.sessions.length === 0 && page.next !== null) {
    page = await storage.listSessions(1, page.next, question);
  }
  return page.sessions;
}

async function sessionTree(
  storage: Reads,
  ids: string[],
  signal?: AbortSignal,
): Promise<SessionTree> {
  const links = await storage.readLinks();
  const parents = new Map(links);
  const family = familyOf([...new Set(ids.map((id) => rootOf(id, parents)))], links);
  const { sessions, isWhole } = await loadAll(storage, family.slice(0, MOST_IN_TREE));
  const loaded = sessions.map(({ id }) => id);
  const heard = await collect(storage.readAgentMessages(loaded), PATIENCE_MS, signal);
  const made = await collect(storage.readAgentCalls(loaded), PATIENCE_MS, signal);
  const isAll = isWhole && family.length <= MOST_IN_TREE;
  return {
    sessions,
    agents: agentsOf(heard.items.flat(), made.items.flat()),
    complete: isAll && !heard.isCut && !made.isCut,
  };
}

/** The sessions of these ids that are there, page by page, as far as an answer takes them. */
async function loadAll(
  storage: Reads,
  ids: string[],
): Promise<{ sessions: SessionSummary[]; isWhole: boolean }> {
  const sessions: SessionSummary[] = [];
  let left = ids;
  for (let page = 0; left.length > 0 && page < MOST_PAGES; page++) {
    const found = await storage.loadSessions(left);
    sessions.push(...found.map(summary));
    const last = found.at(-1)?.session.id;
    // None at all: those that are left are not in the record.
    left = last === undefined ? [] : left.slice(left.indexOf(last) + 1);
  }
  return { sessions, isWhole: left.length === 0 };
}

async function listTools(
  storage: Reads,
  filter: Omit<Filter, "role">,
  signal?: AbortSignal,
): Promise<ToolList> {
  const { tool: _tool, file: _file, until: _until, ...ofSessions } = filter;
  const sessions = storage.sessionIds(await asked(storage, ofSessions));
  const totals = new ToolTotals();
  const deadline = performance.now() + PATIENCE_MS;
  for await (const ids of sessions) {
    for await (const calls of storage.readCallFacts(ids, callQuestion(filter))) {
      signal?.throwIfAborted();
      for (const [name, status, durationMs] of calls) totals.add(name, status, durationMs);
      if (performance.now() > deadline) return { tools: totals.list(), complete: false };
    }
  }
  return { tools: totals.list(), complete: true };
}

async function listProjects(
  storage: Reads,
  limit: number,
  signal?: AbortSignal,
): Promise<ProjectSummary[]> {
  const { items } = await collect(storage.readWhereabouts(), PATIENCE_MS, signal);
  return projectsOf(items.flat()).slice(0, limit);
}
