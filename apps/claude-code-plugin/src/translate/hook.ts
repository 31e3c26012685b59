import { type IngestRecord, MAX_ID, SessionStatus } from "@duolog/contract";
import { asText, isObject } from "./json.ts";
import { sessionUpsert } from "./rows/session.ts";

/** What duolog reads of a hook's payload. */
export interface HookNote {
  readonly event: string;
  readonly sessionId: string;
  readonly transcriptPath: string;
  /** SubagentStop only. */
  readonly agentId: string | null;
  readonly promptId: string | null;
  readonly lastText: string | null;
}

/** Reads a hook's payload; a text says what is wrong with it. */
export function parseHook(text: string): HookNote | string {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  if (!isObject(payload)) return "not a JSON object";
  const event = asText(payload.hook_event_name);
  const sessionId = asText(payload.session_id);
  const transcriptPath = asText(payload.transcript_path);
  if (!event) return "no hook_event_name";
  if (!sessionId || sessionId.length > MAX_ID) return "no session_id";
  if (!transcriptPath) return "no transcript_path";
  return {
    event,
    sessionId,
    transcriptPath,
    agentId: asText(payload.agent_id),
    promptId: asText(payload.prompt_id),
    lastText: asText(payload.last_assistant_message),
  };
}

/** What a SessionEnd hook that ran at `at` (epoch ms) says of its session. */
export function sessionEnd(sessionId: string, at: number): IngestRecord {
  const data = sessionUpsert({
    id: sessionId,
    status: SessionStatus.ended,
    updatedAt: at,
    endedAt: at,
    observedAt: at,
    observedSeq: 0,
  });
  return { kind: "session", data };
}
