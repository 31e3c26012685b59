import { contentUpdated, partEnded, partStarted } from "./message/content.ts";
import { cancelled, delivered, enqueued } from "./message/inbox.ts";
import { answerStarted, stepEnded, stepFailed } from "./message/step.ts";
import { agentSelected, modelSelected, moved, renamed } from "./session/change.ts";
import { compactionEnded, compactionFailed, compactionStarted } from "./session/compaction.ts";
import {
  executionFailed,
  executionInterrupted,
  executionStarted,
  executionSucceeded,
  retryScheduled,
} from "./session/execution.ts";
import { created, deleted, forked, usageUpdated } from "./session/life.ts";
import { permissionAsked, permissionReplied } from "./session/permission.ts";
import { revertCleared, reverted, revertStaged } from "./session/revert.ts";
import { shellEnded, shellStarted, skillActivated, synthetic } from "./session/said.ts";
import type { Handler2 } from "./step.ts";
import { toolCalled, toolInputEnded, toolInputStarted, toolProgress } from "./tool/begin.ts";
import { toolFailed, toolSuccess } from "./tool/end.ts";

/** The events that tell something of the record; all others are passed over. */
export const HANDLERS: { readonly [type: string]: Handler2 | undefined } = {
  "session.created": created,
  "session.forked": forked,
  "session.deleted": deleted,
  "session.usage.updated": usageUpdated,
  "session.renamed": renamed,
  "session.moved": moved,
  "session.model.selected": modelSelected,
  "session.agent.selected": agentSelected,
  "session.inbox.enqueued": enqueued,
  "session.inbox.delivered": delivered,
  "session.inbox.cancelled": cancelled,
  "session.execution.started": executionStarted,
  "session.execution.succeeded": executionSucceeded,
  "session.execution.failed": executionFailed,
  "session.execution.interrupted": executionInterrupted,
  "session.retry.scheduled": retryScheduled,
  "session.step.started": answerStarted,
  "session.step.ended": stepEnded,
  "session.step.failed": stepFailed,
  "session.text.started": partStarted,
  "session.text.ended": partEnded,
  "session.reasoning.started": partStarted,
  "session.reasoning.ended": partEnded,
  "session.message.content.updated": contentUpdated,
  "session.tool.input.started": toolInputStarted,
  "session.tool.input.ended": toolInputEnded,
  "session.tool.called": toolCalled,
  "session.tool.progress": toolProgress,
  "session.tool.success": toolSuccess,
  "session.tool.failed": toolFailed,
  "session.compaction.started": compactionStarted,
  "session.compaction.ended": compactionEnded,
  "session.compaction.failed": compactionFailed,
  "session.revert.staged": revertStaged,
  "session.revert.cleared": revertCleared,
  "session.revert.committed": reverted,
  "session.synthetic": synthetic,
  "session.skill.activated": skillActivated,
  "session.shell.started": shellStarted,
  "session.shell.ended": shellEnded,
  "permission.asked": permissionAsked,
  "permission.replied": permissionReplied,
};

/**
 * The types of events that are known. `translated` tell something of the record. `silent` tell
 * nothing that it holds: pieces of what comes whole later, settings, how things look on a screen; of
 * `families` likewise every type that begins so. What is in none of them came after this was written.
 */
export const KNOWN_TYPES: {
  readonly translated: readonly string[];
  readonly silent: readonly string[];
  readonly families: readonly string[];
} = {
  translated: Object.keys(HANDLERS),
  silent: [
    "session.status",
    "session.idle",
    "session.viewed",
    "session.permissions",
    "session.metadata.updated",
    "session.instructions.updated",
    "session.inbox.delivery.changed",
    "session.usage.recorded",
    "session.step.streamed",
    "session.text.delta",
    "session.reasoning.delta",
    "session.tool.input.delta",
    "session.compaction.delta",
    "server.connected",
    "location.shutdown",
    "filesystem.changed",
    "vcs.branch.updated",
    "models-dev.refreshed",
    "credential.switched",
    "agent.updated",
    "command.updated",
    "config.updated",
    "credential.updated",
    "integration.updated",
    "model.updated",
    "plugin.updated",
    "project.updated",
    "provider.updated",
    "reference.updated",
    "skill.updated",
    "websearch.updated",
  ],
  families: [
    "form.",
    "installation.",
    "mcp.",
    "persistent-pty.",
    "pty.",
    "rpc.",
    "shell.",
    "tui.",
    "worktree.",
  ],
};

const EXACT = new Set([...KNOWN_TYPES.translated, ...KNOWN_TYPES.silent]);

/** The type of an event of OpenCode 2's, where it is neither translated nor known to tell nothing. */
export function unknownTypes(event: unknown): string[] {
  const { type } = (event ?? {}) as { type?: unknown };
  return typeof type === "string" && !isKnownType(type) ? [type] : [];
}

/** True for a type of event that is translated, or known to tell nothing. */
export function isKnownType(type: string): boolean {
  return EXACT.has(type) || KNOWN_TYPES.families.some((family) => type.startsWith(family));
}
