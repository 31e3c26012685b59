import type { Event, Part } from "@opencode-ai/sdk/v2";
import { HANDLERS } from "./translate.ts";

/** Types that tell nothing of the record, or nothing that others do not tell too. */
const SILENT = [
  "catalog.updated",
  "command.executed",
  "file.edited",
  "file.watcher.updated",
  "global.disposed",
  "installation.update-available",
  "installation.updated",
  "integration.connection.updated",
  "integration.updated",
  "lsp.updated",
  "mcp.browser.open.failed",
  "mcp.tools.changed",
  "message.part.delta",
  "models-dev.refreshed",
  "permission.v2.asked",
  "permission.v2.replied",
  "plugin.added",
  "project.directories.updated",
  "project.updated",
  "pty.created",
  "pty.deleted",
  "pty.exited",
  "pty.updated",
  "question.asked",
  "question.rejected",
  "question.replied",
  "question.v2.asked",
  "question.v2.rejected",
  "question.v2.replied",
  "reference.updated",
  "server.connected",
  "server.instance.disposed",
  "session.diff",
  "session.next.agent.switched",
  "session.next.compaction.delta",
  "session.next.compaction.ended",
  "session.next.compaction.started",
  "session.next.context.updated",
  "session.next.model.switched",
  "session.next.moved",
  "session.next.prompt.admitted",
  "session.next.prompted",
  "session.next.reasoning.delta",
  "session.next.reasoning.ended",
  "session.next.reasoning.started",
  "session.next.retried",
  "session.next.revert.cleared",
  "session.next.revert.committed",
  "session.next.revert.staged",
  "session.next.shell.ended",
  "session.next.shell.started",
  "session.next.step.ended",
  "session.next.step.failed",
  "session.next.step.started",
  "session.next.synthetic",
  "session.next.text.delta",
  "session.next.text.ended",
  "session.next.text.started",
  "session.next.tool.called",
  "session.next.tool.failed",
  "session.next.tool.input.delta",
  "session.next.tool.input.ended",
  "session.next.tool.input.started",
  "session.next.tool.progress",
  "session.next.tool.success",
  "todo.updated",
  "tui.command.execute",
  "tui.prompt.append",
  "tui.session.select",
  "tui.toast.show",
  "vcs.branch.updated",
  "workspace.failed",
  "workspace.ready",
  "workspace.status",
  "worktree.failed",
  "worktree.ready",
] as const satisfies readonly Event["type"][];

/** Types that versions before or after those of the SDK have, and that tell nothing either. */
const OF_OTHERS = ["ide.installed", "installation.update.available", "storage.write"];

type Missing = Exclude<Event["type"], (typeof SILENT)[number] | keyof typeof HANDLERS>;
/** A type of the SDK that is neither translated nor silent is a compile error here. */
const missing: Record<Missing, never> = {};

const KNOWN = new Set([SILENT, OF_OTHERS, Object.keys(HANDLERS), Object.keys(missing)].flat());

/** The types of parts that are translated, or of which the place alone counts. */
const PARTS: Record<Part["type"], true> = {
  agent: true,
  compaction: true,
  file: true,
  patch: true,
  reasoning: true,
  retry: true,
  snapshot: true,
  "step-finish": true,
  "step-start": true,
  subtask: true,
  text: true,
  tool: true,
};

/**
 * The types in an event of OpenCode 1's that are neither translated nor passed over on purpose: its own, or
 * that of the part it tells of, as `part/…`. Takes anything and never throws.
 */
export function unknownTypes(event: unknown): string[] {
  const { type, properties } = (event ?? {}) as { type?: unknown; properties?: WithPart | null };
  if (typeof type !== "string") return [];
  if (!KNOWN.has(type)) return [type];
  const part = properties?.part?.type;
  return typeof part === "string" && !Object.hasOwn(PARTS, part) ? [`part/${part}`] : [];
}

interface WithPart {
  part?: { type?: unknown } | null;
}
