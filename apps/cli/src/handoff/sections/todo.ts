import type { ToolCall } from "@duolog/contract";
import { fieldOf, listOf, parsed } from "../inputs.ts";

/** One thing to do, as the agent last said it. */
export interface Todo {
  content: string;
  status: string;
}

const DONE = /^(completed|cancelled|deleted)$/;

/**
 * What the agent's list of things to do still holds, from its calls in order. Source: Claude Code's
 * TodoWrite (the whole list), TaskCreate (`subject`; the number is in the answer) and TaskUpdate
 * (`taskId`, `status`), OpenCode's todowrite (the whole list).
 */
export function openTodos(calls: readonly ToolCall[]): Todo[] {
  let todos = new Map<string, Todo>();
  for (const call of calls) {
    const input = parsed(call.input);
    if (call.status !== "success" && call.status !== "running") continue;
    const whole = fieldOf(input, "todos");
    if (Array.isArray(whole)) todos = wholeList(input);
    else if (call.name === "TaskCreate") addTask(todos, call);
    else if (call.name === "TaskUpdate") updateTask(todos, input);
  }
  return [...todos.values()].filter(({ status }) => !DONE.test(status));
}

function wholeList(input: unknown): Map<string, Todo> {
  const todos = listOf(input, "todos").map((todo, index): [string, Todo] => [
    String(index),
    { content: text(todo, "content"), status: text(todo, "status") },
  ]);
  return new Map(todos);
}

function addTask(todos: Map<string, Todo>, { input, output }: ToolCall): void {
  const number = /#(\d+)/.exec(output ?? "")?.[1] ?? String(todos.size + 1);
  todos.set(number, { content: text(parsed(input), "subject"), status: "pending" });
}

function updateTask(todos: Map<string, Todo>, input: unknown): void {
  const todo = todos.get(text(input, "taskId"));
  if (!todo) return;
  todo.status = text(input, "status") || todo.status;
  todo.content = text(input, "subject") || todo.content;
}

function text(value: unknown, field: string): string {
  const found = fieldOf(value, field);
  return typeof found === "string" ? found : "";
}
