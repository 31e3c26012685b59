import { type Message, Source } from "@duolog/contract";
import { oneLine, printable, when } from "../output/text.ts";
import type { Shown } from "../output/transcript/shown.ts";
import { fit, type Section } from "./section.ts";
import { decisionsOf } from "./sections/decisions.ts";
import { filesTouched } from "./sections/files.ts";
import { openTodos } from "./sections/todo.ts";

/** Characters that are reckoned for a token. */
const TOKEN = 4;

/** About how many tokens a text has. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / TOKEN);
}

/** Longest fact, in characters. */
const FACT = 300;

/** The words of a session's main conversation that its agent still has. */
interface Said {
  prompts: Message[];
  answers: Message[];
}

/**
 * A session in short, for another agent to go on from: what was wanted, decided and done, and what is
 * open. Made by rules of what is recorded; of about so many tokens.
 */
export function briefOf(shown: Shown, tokens: number): string {
  const head = headOf(shown);
  const sections = sectionsOf(shown).filter(({ lines }) => lines.length > 0);
  const headings = sections.reduce((sum, { heading }) => sum + heading.length + 6, 0);
  const room = Math.max(0, tokens * TOKEN - sizeOf(head) - headings);
  const parts = fit(sections, room).map(({ heading, lines }) => [
    `## ${heading}`,
    "",
    ...lines,
    "",
  ]);
  return `${printable([...head, ...parts.flat()].join("\n")).trimEnd()}\n`;
}

const AGENTS = { [Source.opencode]: "OpenCode", [Source.claude_code]: "Claude Code" };

/** Begins with a sentence: what some agents are given with a # or / before it is no prompt to them. */
function headOf({ session }: Shown): string[] {
  const { source, id, title, projectPath, gitBranch, model, updatedAt } = session;
  const facts = [
    ["Agent", `${source === null ? "not known" : AGENTS[source]}, session ${id}`],
    ["Directory", projectPath],
    ["Branch", gitBranch],
    ["Model", model],
    ["Last written", when(updatedAt)],
  ].flatMap(([name, value]) => (value ? [`${name}: ${oneLine(value, FACT)}`] : []));
  const told =
    "This is a record of what was said and done with another agent. Go on from the last state; check files before you rely on them.";
  return [told, "", `# ${oneLine(title, 120) || "A session without a title"}`, "", ...facts, ""];
}

/** The heaviest first. */
function sectionsOf(shown: Shown): Section[] {
  const { toolCalls, events, session } = shown;
  const { prompts, answers } = saidIn(shown);
  const own = toolCalls.filter(({ agentId }) => agentId === null);
  const summary = events.findLast(({ kind, text }) => kind === "compaction" && text)?.text ?? null;
  const todos = openTodos(own).map(({ content, status }) =>
    oneLine(`- [${status || "open"}] ${content}`, FACT),
  );
  return [
    { heading: "Goal", lines: linesOf(prompts[0]?.textContent), keep: "beginning", share: 0.2 },
    { heading: "Last state", lines: linesOf(answers.at(-1)?.textContent), keep: "end", share: 0.2 },
    { heading: "Open", lines: todos, keep: "beginning", share: 0.1 },
    { heading: "Decisions", lines: decisionsOf(own, events), keep: "end", share: 0.15 },
    {
      heading: "Files",
      lines: filesTouched(toolCalls, session.projectPath),
      keep: "beginning",
      share: 0.1,
    },
    { heading: "Asked since", lines: askedSince(prompts), keep: "end", share: 0.1 },
    { heading: "The agent's own summary", lines: linesOf(summary), keep: "beginning", share: 0.15 },
  ];
}

function saidIn({ messages }: Shown): Said {
  const main = messages.filter(({ agentId, removedAt, textContent }) => {
    return agentId === null && removedAt === null && (textContent ?? "") !== "";
  });
  return {
    prompts: main.filter(({ role }) => role === "user"),
    answers: main.filter(({ role }) => role === "assistant"),
  };
}

/** Longest line of what was asked after the first prompt, in characters. */
const ASKED = 400;

function askedSince([, ...later]: Message[]): string[] {
  return later.map(({ textContent }) => `- ${oneLine(textContent, ASKED)}`);
}

function linesOf(text: string | null | undefined): string[] {
  const lines = printable(text ?? "").trim();
  return lines === "" ? [] : lines.split("\n");
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
