import type { ToolCall } from "@duolog/contract";
import { count } from "../../text.ts";
import { asObject, type Json, objectIn, textOf, valueIn } from "../json.ts";

/** The fields of a tool's input that say what it is about, the best first. */
const FIELDS = ["command", "pattern", "query", "url", "description", "skill", "subject", "prompt"];
/** What `data` tells of a call whose input is not at hand. */
const FACTS = ["title", "query", "url"];

type Told = Pick<ToolCall, "kind" | "input" | "filePath" | "data">;

/**
 * What a call touched: its file as seen from the project, else the first line of what its input is
 * about. Null where nothing at hand tells.
 */
export function touchedOf(call: Told, projectPath: string | null): string | null {
  const data = objectIn(call.data);
  const file = call.filePath === null ? null : filesOf(call.filePath, data, projectPath);
  const about = aboutOf(call, data);
  if (call.kind === "search" && file !== null && about !== null) return `${about} in ${file}`;
  return file ?? about;
}

function filesOf(path: string, { files }: Json, projectPath: string | null): string {
  const more = Array.isArray(files) ? files.filter((file) => file !== path).length : 0;
  return within(path, projectPath) + (more > 0 ? ` and ${more} more` : "");
}

/** The path as seen from the project, where it is inside. */
function within(path: string, projectPath: string | null): string {
  const project = projectPath?.replace(/[\\/]+$/, "");
  if (!project || !path.startsWith(project)) return path;
  if (path.length === project.length) return ".";
  return /[\\/]/.test(path.charAt(project.length)) ? path.slice(project.length + 1) : path;
}

function aboutOf({ input, kind }: Told, data: Json): string | null {
  const value = valueIn(input);
  // An input that the model never finished is no JSON.
  const told = value === undefined ? textOf(input) : saidIn(objectIn(input), kind);
  return firstLine(told ?? firstText(FACTS.map((field) => data[field])));
}

function saidIn(input: Json, kind: string | null): string | null {
  const { todos, questions } = input;
  if (kind === "todo" && Array.isArray(todos)) return count(todos.length, "todo");
  if (kind === "question" && Array.isArray(questions))
    return textOf(asObject(questions[0]).question);
  return firstText(FIELDS.map((field) => input[field])) ?? firstText(Object.values(input));
}

function firstText(values: unknown[]): string | null {
  const texts = values.filter((value) => typeof value === "string");
  return texts.find((text) => text.trim() !== "") ?? null;
}

/** The first line that says something; `…` where more follows. */
function firstLine(text: string | null): string | null {
  const [first = null, ...more] = text?.trim().split(/\r?\n/) ?? [];
  return first !== null && more.length > 0 ? `${first} …` : first;
}
