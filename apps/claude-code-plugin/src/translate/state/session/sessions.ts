import { SessionStatus } from "@duolog/contract";
import type { AssistantLine } from "../../lines/assistantLine.ts";
import type { Body } from "../../lines/body.ts";
import type { Head } from "../../lines/entry.ts";
import type { KnownSession } from "../../rows/session.ts";
import { wireText } from "../../rows/text.ts";
import type { TranscriptOwner } from "../../transcript.ts";
import type { Beside } from "../copies/copies.ts";
import type { Place } from "../place.ts";
import { SessionFacts, type SessionState } from "./facts.ts";

/** Of so many sessions that one file's lines name, the last ones, what was told is kept. */
const MOST = 64;

/**
 * The sessions that a transcript's lines name: its own; one that it was resumed from, whose file may be
 * gone; one whose lines went astray (siteboon/claudecodeui#1022, anthropics/claude-code#30802).
 */
export class Sessions {
  readonly #ownId: string;
  readonly #isAgents: boolean;
  /** The session's own transcripts, where this one is a sub-agent's. */
  readonly #beside: readonly Beside[];
  readonly #sessions: Map<string, SessionFacts>;
  /** Of sessions that are forgotten. */
  #left: KnownSession[] = [];

  constructor(
    { sessionId, agentId }: TranscriptOwner,
    saved: readonly SessionState[],
    beside: readonly Beside[],
  ) {
    this.#ownId = sessionId;
    this.#isAgents = agentId !== null;
    this.#beside = beside;
    this.#sessions = new Map(saved.map((state) => [state.id, new SessionFacts(state.id, state)]));
  }

  /** True once the file's own session has a row. */
  get hasOwn(): boolean {
    return this.#sessions.get(this.#ownId)?.isThere ?? false;
  }

  toState(): SessionState[] {
    return [...this.#sessions.values()].map((session) => session.toState());
  }

  /** What was not handed out yet. */
  take(): KnownSession[] {
    const left = this.#left;
    this.#left = [];
    return [...left, ...[...this.#sessions.values()].flatMap((session) => session.take())];
  }

  /** Takes the next line; `clock` is the latest time told so far, epoch ms. */
  add(head: Head, body: Body, place: Place, clock: number): void {
    const session = this.#named(body, place);
    if (session === null) return;
    if (this.#isAgents) this.#addAgents(session, head, place);
    else addOwn(session, head, body, place, clock);
  }

  /** The session's own transcripts tell more, and more rightly; where there are none, all that lines do. */
  #addAgents(session: SessionFacts, head: Head, place: Place): void {
    const isToldElsewhere = this.#beside.some(({ hasSession }) => hasSession);
    session.seen(place, !isToldElsewhere);
    if (!isToldElsewhere) tellHead(session, head, place);
  }

  /**
   * Up to 1.x, Claude Code wrote summaries of a project's other conversations, which lacked one, into
   * the transcript that it had just begun (anthropics/claude-code#2597).
   */
  #named(body: Body, { sessionId }: Place): SessionFacts | null {
    const leaf = body.kind === "title" ? body.leaf : null;
    if (leaf === null) return this.#get(sessionId);
    return [...this.#sessions.values()].find((session) => session.isRecent(leaf)) ?? null;
  }

  #get(id: string): SessionFacts {
    const known = this.#sessions.get(id);
    if (known) return known;
    const session = new SessionFacts(id);
    const [oldest] = [...this.#sessions.values()].filter((one) => one.id !== this.#ownId);
    if (oldest && this.#sessions.size >= MOST) {
      this.#left.push(...oldest.take());
      this.#sessions.delete(oldest.id);
    }
    this.#sessions.set(id, session);
    return session;
  }
}

function addOwn(session: SessionFacts, head: Head, body: Body, place: Place, clock: number): void {
  session.seen(place);
  if (head.uuid !== null) session.noteLine(head.uuid);
  // A sub-agent's line in its parent's transcript, as older versions wrote it.
  if (head.isSidechain) return;
  tellHead(session, head, place);
  tellBody(session, body, place, clock);
}

function tellHead(session: SessionFacts, head: Head, place: Place): void {
  session.tell("projectPath", head.cwd, place);
  session.tell("gitBranch", head.gitBranch, place);
  session.tell("agentVersion", head.version, place);
  // A fork of a fork: the nearest origin's lines come last.
  session.tell("forkedFromId", place.copiedFrom?.sessionId ?? null, place);
}

function tellBody(session: SessionFacts, body: Body, place: Place, clock: number): void {
  switch (body.kind) {
    case "prompt":
      session.entitle("prompt", body.text, place.observedAt, place.offset);
      session.tell("status", SessionStatus.active, place);
      break;
    case "assistant":
      tellAnswer(session, body.line, place);
      break;
    case "toolResult":
      session.tell("status", SessionStatus.active, place);
      break;
    case "interrupted":
      session.tell("status", SessionStatus.idle, place);
      break;
    case "title":
      session.entitle(body.rank, body.text, clock, place.offset);
      break;
    case "cost":
      session.count(body.counted);
      break;
  }
}

function tellAnswer(session: SessionFacts, line: AssistantLine, place: Place): void {
  session.tell("model", line.model, place);
  if (line.error !== null) {
    session.tell("error", wireText(line.error), place);
    session.tell("status", SessionStatus.error, place);
    return;
  }
  const goesOn = !line.aborted && (line.stopReason === null || line.stopReason === "tool_use");
  session.tell("status", goesOn ? SessionStatus.active : SessionStatus.idle, place);
}
