import { randomBytes } from "node:crypto";
import { type Exchange, type FakeModel, type Json, sendJson, startModel } from "./httpServer.ts";
import {
  type Act,
  type Answer,
  isTool,
  plainly,
  reply,
  type Tool,
  type ToolAct,
  titleOf,
  usageOf,
} from "./script.ts";

/** The models of the fake provider; OpenCode asks the small one for titles. */
export const MODEL = "fake-1";
export const SMALL_MODEL = "fake-small";

/**
 * A fake OpenAI-compatible `/v1/chat/completions`, streamed (with usage) and plain. What it answers
 * stands in script.ts.
 */
export function startOpenai(): Promise<FakeModel> {
  return startModel(async (exchange) => {
    if (exchange.path === "/v1/chat/completions") return answer(exchange);
    sendJson(exchange.response, 404, { error: { message: "not found" } });
  });
}

async function answer(exchange: Exchange): Promise<void> {
  const { body, response } = exchange;
  const { prompt, step } = situation(body);
  // Without tools OpenCode asks for a title, or for the summary of a compaction.
  if (body.model === SMALL_MODEL || body.tools === undefined) {
    return respond(exchange, prompt, plainly(titleOf(prompt)));
  }
  const attempt = exchange.attempt(`${step} ${prompt}`);
  const turn = reply({ prompt, step, attempt });
  if (turn.kind === "failure") {
    const type = turn.status === 400 ? "invalid_request_error" : "server_error";
    const error = { message: turn.message, type, code: null };
    return sendJson(response, turn.status, { error });
  }
  await respond(exchange, prompt, turn);
}

async function respond(exchange: Exchange, prompt: string, answer: Answer) {
  const { body, response, speak } = exchange;
  const { acts, wordDelayMs } = answer;
  const usage = counted(body, answer);
  const head = { id: `chatcmpl-${randomBytes(8).toString("hex")}`, created: 1, model: body.model };
  const calls = acts.flatMap((act, index) => call(act, index));
  const finish = calls.length > 0 ? "tool_calls" : "stop";
  if (body.stream !== true) {
    const content = acts.flatMap((act) => (act.kind === "say" ? [act.text] : [])).join("\n\n");
    const message = { role: "assistant", content, tool_calls: calls };
    const choices = [{ index: 0, message, finish_reason: finish }];
    return sendJson(response, 200, { ...head, object: "chat.completion", choices, usage });
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (chunk: Json) =>
    response.write(
      `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...chunk })}\n\n`,
    );
  const delta = (change: Json, reason: string | null = null) =>
    send({ choices: [{ index: 0, delta: change, finish_reason: reason }] });
  delta({ role: "assistant", content: "" });
  for (const act of acts) {
    if (act.kind === "think") delta({ reasoning_content: act.text });
    if (act.kind === "say") {
      await speak(prompt, act.text, wordDelayMs, (content) => delta({ content }));
    }
  }
  if (calls.length > 0) delta({ tool_calls: calls });
  delta({}, finish);
  send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function counted(body: Json, { acts, fills }: Answer): Json {
  const usage = usageOf((body.messages as Json[]).length, acts, fills);
  return {
    prompt_tokens: usage.input + usage.cacheRead,
    completion_tokens: usage.output + usage.reasoning,
    total_tokens: usage.input + usage.cacheRead + usage.output + usage.reasoning,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

function call(act: Act, index: number): Json[] {
  if (!isTool(act)) return [];
  const { name, input } = toolOf(act);
  const id = `call_${randomBytes(8).toString("hex")}`;
  return [{ index, id, type: "function", function: { name, arguments: JSON.stringify(input) } }];
}

function toolOf(act: ToolAct): Tool {
  switch (act.kind) {
    case "shell":
      return { name: "bash", input: { command: act.command, description: act.command } };
    case "read":
      return { name: "read", input: { filePath: act.path } };
    case "write":
      return { name: "write", input: { filePath: act.path, content: act.content } };
    case "recall":
      return { name: "duolog_search", input: { words: act.words } };
    case "delegate": {
      const when = act.inBackground ? { background: true } : {};
      const input = { description: "sub job", prompt: act.prompt, subagent_type: "general" };
      return { name: "task", input: { ...input, ...when } };
    }
  }
}

/** The last user message and the answers since. */
function situation(body: Json): { prompt: string; step: number } {
  const messages = body.messages as { role: string; content: unknown }[];
  const last = messages.findLastIndex((message) => message.role === "user");
  const step = messages.slice(last + 1).filter((message) => message.role === "assistant").length;
  return { prompt: said(messages[last]?.content ?? ""), step };
}

function said(content: unknown): string {
  if (typeof content === "string") return content;
  const parts = content as { type: string; text?: string }[];
  return parts.flatMap((part) => (part.type === "text" ? [part.text ?? ""] : [])).join("\n");
}
