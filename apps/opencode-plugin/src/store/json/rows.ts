import { plausibleTime } from "@duolog/contract";
import { objectIn, parseObject } from "../parse.ts";
import type { Row } from "../row.ts";
import { splitMessage } from "./inlineParts.ts";
import type { SessionFile } from "./StorageFiles.ts";

/** The row that OpenCode makes of a session's file as it moves it into its database; null: none. */
export function sessionRow({ id, project }: SessionFile, text: string): Row | null {
  const info = parseObject(text);
  if (!info) return null;
  const [time, tokens] = [objectIn(info, "time"), objectIn(info, "tokens")];
  const cache = objectIn(tokens, "cache");
  return {
    id,
    project_id: project ?? info.projectID,
    parent_id: info.parentID,
    directory: info.directory,
    title: info.title,
    version: info.version,
    model: info.model,
    cost: info.cost,
    tokens_input: tokens.input,
    tokens_output: tokens.output,
    tokens_reasoning: tokens.reasoning,
    tokens_cache_read: cache.read,
    tokens_cache_write: cache.write,
    time_created: time.created,
    time_updated: time.updated,
    time_archived: time.archived,
  };
}

/** The row of a message's file, last written when the answer ended. */
export function messageRow(id: string, sessionId: string, text: string): Row {
  const content = splitMessage(text);
  const { created, completed } = objectIn(content?.message ?? {}, "time");
  return {
    id,
    session_id: sessionId,
    time_created: created,
    time_updated: plausibleTime(completed) ?? created,
    data: content ? JSON.stringify(content.message) : text,
  };
}

/**
 * The row of a part's file.
 * @param begun when its message was made: a prompt's parts tell no time
 */
export function partRow(
  id: string,
  messageId: string,
  sessionId: string | null,
  text: string,
  begun: unknown,
): Row {
  const part = parseObject(text) ?? {};
  const time = { ...objectIn(part, "time"), ...objectIn(objectIn(part, "state"), "time") };
  const created = plausibleTime(time.start) ?? begun;
  return {
    id,
    message_id: messageId,
    session_id: sessionId ?? part.sessionID,
    time_created: created,
    time_updated: plausibleTime(time.end) ?? created,
    data: text,
  };
}
