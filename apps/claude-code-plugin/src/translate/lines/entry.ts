import { recordsIn } from "../damaged/records.ts";
import { asId, asObject, asText, asTime, type Json } from "../json.ts";
import { readAssistant } from "./assistantLine.ts";
import { readAttachment } from "./attachmentLine.ts";
import type { Body, TitleRank } from "./body.ts";
import { readCostState } from "./costState.ts";
import { isSilent } from "./knownTypes.ts";
import { readQueueOperation } from "./queueLine.ts";
import { wrongParts } from "./shape.ts";
import { readSystem } from "./systemLine.ts";
import { readUser } from "./userLine.ts";

/** What every line may tell. Knowledge of the format: lode/claude/plugin-system.md. */
export interface Head {
  /** Said by the user or in the user's name. */
  readonly isUser: boolean;
  readonly uuid: string | null;
  readonly parentUuid: string | null;
  /** Null where the line names none: it belongs to the file's session. */
  readonly sessionId: string | null;
  readonly agentId: string | null;
  /** Null where the line does not say. */
  readonly isSidechain: boolean | null;
  /** The line's own time, epoch ms. */
  readonly at: number | null;
  readonly promptId: string | null;
  readonly cwd: string | null;
  readonly gitBranch: string | null;
  readonly version: string | null;
  /** The mode in which a prompt was given. */
  readonly permissionMode: string | null;
  /** The line that a fork's line is a copy of. */
  readonly copiedFrom: Origin | null;
}

/** A line of the session that a fork began from. */
export interface Origin {
  readonly sessionId: string;
  readonly uuid: string | null;
}

/** A record as read: a line is one, where nothing damaged it. */
export interface Entry {
  /** Where in the line it begins, UTF-16 units. */
  readonly index: number;
  readonly head: Head;
  readonly body: Body;
}

/** A line as read, and what of it is lost; null where nothing is. */
export interface Parsed {
  readonly entries: readonly Entry[];
  /** The ids of known types in a broken shape. */
  readonly damaged: readonly string[];
  readonly reason: string | null;
}

const OTHER: Body = { kind: "other" };

/** Reads one line. Lost is what is no JSON object, and a known type in a broken shape. */
export function parseLine(text: string): Parsed {
  const { found, reason } = recordsIn(text);
  const reasons = reason === null ? [] : [reason];
  const entries: Entry[] = [];
  const damaged: string[] = [];
  for (const { index, record } of found) {
    const body = readBody(record);
    reasons.push(...(typeof body === "string" ? [body] : wrongParts(record)));
    if (typeof body !== "string") entries.push({ index, head: readHead(record), body });
    else damaged.push(...idOf(record));
  }
  return { entries, damaged, reason: reasons.length === 0 ? null : reasons.join("; ") };
}

function idOf({ uuid }: Json): string[] {
  return typeof uuid === "string" ? [uuid] : [];
}

function readHead(line: Json): Head {
  return {
    isUser: line.type === "user",
    uuid: asId(line.uuid),
    parentUuid: asId(line.parentUuid),
    sessionId: asId(line.sessionId),
    agentId: asId(line.agentId),
    isSidechain: typeof line.isSidechain === "boolean" ? line.isSidechain : null,
    at: asTime(line.timestamp),
    promptId: asId(line.promptId),
    cwd: asText(line.cwd),
    gitBranch: asText(line.gitBranch),
    version: asText(line.version),
    permissionMode: asText(line.permissionMode),
    copiedFrom: line.forkedFrom === undefined ? null : readOrigin(asObject(line.forkedFrom)),
  };
}

function readOrigin(told: Json): Origin | null {
  const sessionId = asId(told.sessionId);
  return sessionId === null ? null : { sessionId, uuid: asId(told.messageUuid) };
}

/** A known type's content, or what is wrong with it. */
function readBody(line: Json): Body | string {
  switch (line.type) {
    case "user":
      return readUser(line);
    case "assistant":
      return readAnswer(line);
    case "attachment":
      return readAttachment(line);
    case "system":
      return readSystem(line);
    case "queue-operation":
      return readQueueOperation(line);
    case "progress":
      return readProgress(line);
    case "api-request":
      return typeof line.id === "string" ? { kind: "request", id: line.id } : OTHER;
    case "permission-mode":
      return readMode(asText(line.permissionMode));
    case "custom-title":
      return readTitle("custom", line.customTitle, null);
    case "ai-title":
      return readTitle("ai", line.aiTitle, null);
    case "summary":
      return readTitle("summary", line.summary, asId(line.leafUuid));
    case "cost-state":
      return readCost(line);
    default:
      return typeof line.type === "string" && !isSilent(line.type)
        ? { kind: "unknown", type: line.type }
        : OTHER;
  }
}

function readAnswer(json: Json): Body | string {
  const line = readAssistant(json);
  if (line === null) return OTHER;
  return typeof line === "string" ? line : { kind: "assistant", line };
}

/** `data.agentId` is the sub-agent's that the call `parentToolUseID` started. */
function readProgress(line: Json): Body {
  const { type, agentId } = asObject(line.data);
  const child = type === "agent_progress" ? asId(agentId) : null;
  const callId = asId(line.parentToolUseID);
  return child && callId ? { kind: "child", callId, agentId: child } : OTHER;
}

function readMode(mode: string | null): Body {
  return mode ? { kind: "permissionMode", mode } : OTHER;
}

function readCost(line: Json): Body | string {
  const counted = readCostState(line);
  return typeof counted === "string" ? counted : { kind: "cost", counted };
}

function readTitle(rank: TitleRank, title: unknown, leaf: string | null): Body | string {
  if (typeof title !== "string") return `${rank} title: no text`;
  return { kind: "title", rank, text: title, leaf };
}
