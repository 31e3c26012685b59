import type { ToolKind } from "../rows/toolCall.ts";

/** Claude Code's own tools by what they do, old names too. */
const TOOLS: Partial<Record<ToolKind, readonly string[]>> = {
  shell: ["Bash", "BashOutput", "KillShell", "KillBash"],
  read: ["Read", "NotebookRead"],
  edit: ["Edit", "MultiEdit", "NotebookEdit"],
  write: ["Write"],
  search: ["Grep", "Glob", "LS", "ToolSearch"],
  web: ["WebFetch", "WebSearch", "web_search", "web_fetch"],
  task: ["Task", "Agent"],
  todo: ["TodoWrite", "TodoRead", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet"],
  question: ["AskUserQuestion", "ExitPlanMode"],
  skill: ["Skill", "SlashCommand"],
};

const KINDS: ReadonlyMap<string, ToolKind> = new Map(
  Object.entries(TOOLS).flatMap(([kind, names]) =>
    names.map((name): [string, ToolKind] => [name, kind as ToolKind]),
  ),
);

/** What a tool of that name does; `other` where none is known. */
export function toolKind(name: string): ToolKind {
  return KINDS.get(name) ?? (name.startsWith("mcp__") ? "mcp" : "other");
}
