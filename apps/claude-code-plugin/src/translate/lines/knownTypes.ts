/**
 * Types of lines that tell nothing of the record: Claude Code's own state, or what other lines tell too.
 * Seen in transcripts of 1.0 to 2.1.332.
 */
const SILENT = new Set([
  "agent-color",
  "agent-name",
  "agent-setting",
  "atis-latch",
  "attribution-snapshot",
  "content-replacement",
  "file-history-snapshot",
  "last-prompt",
  "marble-origami-commit",
  "marble-origami-snapshot",
  "mode",
  "pr-link",
  "speculation-accept",
  "tag",
  "task-summary",
  "tools-used",
  "worktree-state",
]);

/** True where a line of that type is passed over on purpose. */
export function isSilent(type: string): boolean {
  return SILENT.has(type);
}
