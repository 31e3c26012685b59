/** What a tool is for, as the record knows it. */
export type ToolKind =
  | "shell"
  | "read"
  | "edit"
  | "write"
  | "search"
  | "web"
  | "task"
  | "mcp"
  | "todo"
  | "question"
  | "skill"
  | "other";

/** The names of OpenCode's own tools, of all its versions. */
const KINDS: { readonly [name: string]: ToolKind | undefined } = {
  bash: "shell",
  shell: "shell",
  read: "read",
  edit: "edit",
  multiedit: "edit",
  patch: "edit",
  apply_patch: "edit",
  write: "write",
  grep: "search",
  glob: "search",
  list: "search",
  ls: "search",
  codesearch: "search",
  lsp: "search",
  webfetch: "web",
  websearch: "web",
  task: "task",
  subagent: "task",
  todowrite: "todo",
  todoread: "todo",
  question: "question",
  plan_exit: "question",
  plan_enter: "question",
  skill: "skill",
};

/**
 * OpenCode names an MCP server's tool `<server>_<tool>` and tells nothing else of where it comes
 * from. So any other name with an underscore within counts as one; a custom tool that is named alike
 * (`<file>_<export>`) can't be told apart.
 */
const MCP_NAME = /^[^_].*_[^_]/;

/** The kind of the tool of this name. */
export function kindOf(name: string): ToolKind {
  const own = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  return own ?? (MCP_NAME.test(name) ? "mcp" : "other");
}
