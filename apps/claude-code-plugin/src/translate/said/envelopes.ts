/** Who or what put a text into a line in the human's name. */
export type What =
  | "ide"
  | "hook"
  | "reminder"
  | "teammate"
  | "session"
  | "agent"
  | "channel"
  | "task"
  | "mcp"
  | "artifact"
  | "fork"
  | "memory"
  | "caveat"
  | "command"
  | "command output"
  | "shell"
  | "shell output";

/** The tags that Claude Code itself, an IDE or a hook puts around a text (2.1.332, and older ones). */
const TAGS: Readonly<Record<What, readonly string[]>> = {
  ide: ["new-diagnostics", "terminal", "browser", "browser_instruction"],
  hook: [],
  reminder: ["system-reminder", "system_reminder"],
  teammate: ["teammate-message"],
  session: ["cross-session-message"],
  agent: ["agent-message", "coordinator-relay"],
  channel: ["channel", "slack-ping", "slack-tag-message"],
  task: ["task-notification", "remote-review"],
  mcp: ["mcp-resource-update", "mcp-polling-update"],
  artifact: [
    "artifact-content-authored-by-others",
    "artifact-file-content",
    "artifact-origin-notes",
    "artifact-stored-declaration",
    "artifact-type-instructions",
    "cowritten-artifact-html",
    "fetched-web-content",
    "untrusted-widget-state",
  ],
  fork: ["fork-boilerplate"],
  memory: ["user-memory-input"],
  caveat: ["local-command-caveat"],
  command: ["command-name", "command-message", "command-args", "command-contents", "skill-format"],
  "command output": ["local-command-stdout", "local-command-stderr"],
  shell: ["bash-input"],
  "shell output": ["bash-stdout", "bash-stderr", "bash-exit-code"],
};

const WHATS: ReadonlyMap<string, What> = new Map(
  Object.entries(TAGS).flatMap(([what, tags]) => tags.map((tag) => [tag, what as What] as const)),
);
/** Words that a human's own tag may be too: theirs have attributes. */
const NEEDS_ATTRIBUTES = new Set(["terminal", "browser", "channel"]);

const HOOK =
  /^(?:user-prompt-submit|(?:pre|post)-tool-use|session-(?:start|end)|(?:subagent-)?stop|notification|pre-compact)-hook$/;

const NAME = /<([a-z][\w-]*)/y;
const ATTRIBUTES = /((?:\s+[\w:-]+=(?:"[^"]{0,4096}"|'[^']{0,4096}'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:-]+)=(?:"([^"]*)"|'([^']*)')/g;

/** A text with one of the tags around it. */
export interface Envelope {
  readonly what: What;
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Where it begins, what it holds begins, and where it ends, UTF-16 units. */
  readonly from: number;
  readonly inside: number;
  readonly to: number;
  /** False where nothing closes it: it goes to the text's end then. */
  readonly isClosed: boolean;
}

/** The envelope that begins at `from`; null where none does. */
export function envelopeAt(text: string, from: number): Envelope | null {
  NAME.lastIndex = from;
  const tag = NAME.exec(text)?.[1] ?? "";
  const what = whatOf(tag);
  if (what === null) return null;
  ATTRIBUTES.lastIndex = NAME.lastIndex;
  const [match, told = "", slash] = ATTRIBUTES.exec(text) ?? [];
  if (match === undefined || (told === "" && NEEDS_ATTRIBUTES.has(tag))) return null;
  const inside = ATTRIBUTES.lastIndex;
  const end = slash === "/" ? inside : closing(text, tag, inside);
  const attributes = attributesIn(told);
  return { what, tag, attributes, from, inside, to: end ?? text.length, isClosed: end !== null };
}

function whatOf(tag: string): What | null {
  if (tag.startsWith("ide_")) return "ide";
  return WHATS.get(tag) ?? (HOOK.test(tag) ? "hook" : null);
}

function attributesIn(told: string): Record<string, string> {
  const pairs = [...told.matchAll(ATTRIBUTE)];
  return Object.fromEntries(pairs.map(([, name, double, single]) => [name, double ?? single]));
}

/** The index behind the tag that closes one whose inside begins at `from`; one that it holds is closed first. */
function closing(text: string, tag: string, from: number): number | null {
  const open = `<${tag}>`;
  const close = `</${tag}>`;
  const first = text.indexOf(close, from);
  if (first < 0) return null;
  let within = count(text.slice(from, first), open);
  for (let at = first; at >= 0; ) {
    if (within === 0) return at + close.length;
    const next = text.indexOf(close, at + close.length);
    within += next < 0 ? 0 : count(text.slice(at, next), open) - 1;
    at = next;
  }
  return first + close.length;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** What stands in a tag of a text, trimmed; null where there is none. */
export function tag(text: string, name: string): string | null {
  const open = `<${name}>`;
  const from = text.indexOf(open);
  const to = text.indexOf(`</${name}>`, from);
  return from < 0 || to < 0 ? null : text.slice(from + open.length, to).trim();
}
