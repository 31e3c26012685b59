import { basename } from "node:path";
import { type IngestRecord, MAX_TIME, MIN_TIME, TitleKind } from "@duolog/contract";
import { larger } from "../translate/json.ts";
import { eventUpsert } from "../translate/rows/event.ts";
import { sessionUpsert } from "../translate/rows/session.ts";
import { titleLine } from "../translate/rows/text.ts";
import type { PromptLine } from "./promptLine.ts";

/** A prompt whose session is known. */
export type PromptOfSession = PromptLine & { readonly sessionId: string };

/** What a session's prompts tell of it. Times are epoch ms. */
interface Told {
  readonly title: string | null;
  readonly project: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

const NOTHING: Told = { title: null, project: null, createdAt: null, updatedAt: null };

/** Turns prompts into events, and into rows of their sessions. */
export class PromptRows {
  readonly #sessions = new Map<string, Told>();

  /** The prompt that stands at byte `offset`, as an event. */
  add(prompt: PromptOfSession, offset: number): IngestRecord {
    const { id, sessionId, text, data, at } = prompt;
    this.#sessions.set(sessionId, next(this.#sessions.get(sessionId) ?? NOTHING, prompt));
    const event = eventUpsert({
      id,
      sessionId,
      kind: "prompt",
      messageId: null,
      toolCallId: null,
      text,
      data,
      createdAt: at,
      observedAt: at ?? MIN_TIME,
      observedSeq: offset,
    });
    return { kind: "event", data: event };
  }

  /** A row for each session so far; without times for those in `timed`, whose transcripts tell them. */
  sessions(timed: ReadonlySet<string>): IngestRecord[] {
    return [...this.#sessions].map(([id, told]) => sessionRow(id, told, timed.has(id)));
  }
}

function next(told: Told, { text, project, at }: PromptLine): Told {
  // A command is none of the words that a session is known by.
  const title = text?.startsWith("/") ? null : titleLine(text);
  return {
    title: told.title ?? title,
    project: told.project ?? project,
    createdAt: told.createdAt ?? at,
    updatedAt: larger(told.updatedAt, at),
  };
}

/**
 * Observed as late as can be: of first prompts and of projects the earlier observation wins (M4), so
 * that it is always the transcripts'.
 */
function sessionRow(id: string, told: Told, isTimed: boolean): IngestRecord {
  const { title, project, createdAt, updatedAt } = told;
  const data = sessionUpsert({
    id,
    title,
    titleKind: title === null ? null : TitleKind.prompt,
    projectPath: project,
    projectName: project === null ? null : basename(project),
    createdAt: isTimed ? null : createdAt,
    updatedAt: isTimed ? null : updatedAt,
    observedAt: MAX_TIME,
    observedSeq: 0,
  });
  return { kind: "session", data };
}
