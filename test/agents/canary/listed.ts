import type { Types } from "./sent.ts";

/**
 * What the pinned agents send in the scenarios of this suite. A type that is none of these fails the
 * scenario in which it comes: see what it tells of the record, have it translated or passed over on
 * purpose, and add it here.
 */
export const LISTED: Readonly<Record<string, Types>> = {
  OpenCode: {
    events: [
      "catalog.updated",
      "file.edited",
      "file.watcher.updated",
      "integration.updated",
      "message.part.delta",
      "message.part.updated",
      "message.removed",
      "message.updated",
      "permission.asked",
      "permission.replied",
      "plugin.added",
      "reference.updated",
      "session.compacted",
      "session.created",
      "session.diff",
      "session.error",
      "session.idle",
      "session.status",
      "session.updated",
    ],
    messages: ["assistant", "user"],
    parts: ["compaction", "patch", "reasoning", "step-finish", "step-start", "text", "tool"],
  },
  "Claude Code": {
    lines: [
      "agent-name",
      "api-request",
      "api-request-blob",
      "api-request-shape",
      "assistant",
      "atis-latch",
      "attachment/agent_listing_delta",
      "attachment/command_permissions",
      "attachment/date",
      "attachment/deferred_tools_delta",
      "attachment/environment",
      "attachment/model",
      "attachment/prompt_snapshot",
      "attachment/queued_command",
      "attachment/remote_session_change",
      "attachment/session_context",
      "attachment/skill_listing",
      "cost-state",
      "custom-title",
      "last-prompt",
      "mode",
      "queue-operation",
      "system/api_error",
      "system/compact_boundary",
      "system/local_command",
      "system/stop_hook_summary",
      "tools-used",
      "user",
    ],
    blocks: ["text", "thinking", "tool_result", "tool_use"],
  },
};
