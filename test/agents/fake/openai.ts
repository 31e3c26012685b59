import { randomBytes } from "node:crypto";
import { type Exchange, type FakeModel, type Json, sendJson, startModel } from "./httpServer.ts";
import { type Act, reply, titleOf, usageOf } from "./script.ts";

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
  if (body.model === SMALL_MODEL) {
    return respond(exchange, prompt, [{ kind: "say", text: titleOf(prompt) }], 0);
  }
  const attempt = exchange.attempt(`${step} ${prompt}`);
  const turn = reply({ prompt, step, attempt });
  if (turn.kind === "failure") {
    const type = turn.status === 400 ? "invalid_request_error" : "server_error";
    const error = { message: turn.message, type, code: null };
    return sendJson(response, turn.status, { error });
  }
  await respond(exchange, prompt, turn.acts, turn.wordDelayMs);
}

async function respond(exchange: Exchange, prompt: string, acts: Act[], delayMs: number) {
  const { body, response, speak } = exchange;
  const usage = counted(body, acts);
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
      await speak(prompt, act.text, delayMs, (content) => delta({ content }));
    }
  }
  if (calls.length > 0) delta({ tool_calls: calls });
  delta({}, finish);
  send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function counted(body: Json, acts: Act[]): Json {
  const usage = usageOf((body.messages as Json[]).length, acts);
  return {
    prompt_tokens: usage.input + usage.cacheRead,
    completion_tokens: usage.output + usage.reasoning,
    total_tokens: usage.input + usage.cacheRead + usage.output + usage.reasoning,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

function call(act: Act, index: number): Json[] {
  if (act.kind === "say" || act.kind === "think") return [];
  const [name, input] =
    act.kind === "shell"
      ? ["bash", { command: act.command, description: act.command }]
      : ["task", { description: "sub job", prompt: act.prompt, subagent_type: "general" }];
  const id = `call_${randomBytes(8).toString("hex")}`;
  return [{ index, id, type: "function", function: { name, arguments: JSON.stringify(input) } }];
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
