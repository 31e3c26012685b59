import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
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

/**
 * A fake of the Anthropic Messages API, as far as Claude Code asks for it: `/v1/messages`, streamed
 * and plain, and `/v1/messages/count_tokens`. What it answers stands in script.ts.
 */
export function startAnthropic(): Promise<FakeModel> {
  return startModel(async (exchange) => {
    if (exchange.path === "/v1/messages/count_tokens") {
      return sendJson(exchange.response, 200, { input_tokens: 1_000 });
    }
    if (exchange.path === "/v1/messages") return answer(exchange);
    sendJson(exchange.response, 404, { type: "error", error: { type: "not_found_error" } });
  });
}

async function answer(exchange: Exchange): Promise<void> {
  const { body, response } = exchange;
  const { prompt, step } = situation(body);
  const tools = toolNames(body);
  if (tools.length === 0) return respond(exchange, prompt, plainly(aside(body, prompt)));
  const attempt = exchange.attempt(`${step} ${prompt}`);
  const turn = reply({ prompt, step, attempt });
  if (turn.kind === "failure") {
    const type = turn.status === 400 ? "invalid_request_error" : "api_error";
    response.setHeader("request-id", id("req"));
    return sendJson(response, turn.status, {
      type: "error",
      error: { type, message: turn.message },
    });
  }
  await respond(exchange, prompt, turn);
}

/** A request without tools is Claude Code's own: for a title as JSON, or a short text. */
function aside(body: Json, prompt: string): string {
  const wantsJson = JSON.stringify(body.output_config ?? null).includes("json_schema");
  return wantsJson ? JSON.stringify({ title: titleOf(prompt) }) : titleOf(prompt);
}

async function respond(exchange: Exchange, prompt: string, answer: Answer) {
  const { body, response } = exchange;
  const { acts, wordDelayMs, fills } = answer;
  const tools = toolNames(body);
  const usage = usageOf((body.messages as Json[]).length, acts, fills);
  const counted = {
    input_tokens: usage.input,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: 0 },
    service_tier: "standard",
  };
  const message = {
    id: id("msg"),
    type: "message",
    role: "assistant",
    model: body.model,
    stop_sequence: null,
  };
  const stopReason = acts.some(isTool) ? "tool_use" : "end_turn";
  response.setHeader("request-id", id("req"));
  if (body.stream !== true) {
    return sendJson(response, 200, {
      ...message,
      content: acts.map((act) => block(act, tools)),
      stop_reason: stopReason,
      usage: { ...counted, output_tokens: usage.output },
    });
  }
  const send = openStream(response);
  send({
    type: "message_start",
    message: {
      ...message,
      content: [],
      stop_reason: null,
      usage: { ...counted, output_tokens: 1 },
    },
  });
  for (const [index, act] of acts.entries()) {
    await streamBlock(exchange, prompt, act, index, wordDelayMs, send);
  }
  send({
    type: "message_delta",
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: usage.output },
  });
  send({ type: "message_stop" });
  response.end();
}

type Send = (event: Json) => void;

function openStream(response: ServerResponse): Send {
  response.writeHead(200, { "content-type": "text/event-stream" });
  return (event) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

async function streamBlock(
  { body, speak }: Exchange,
  prompt: string,
  act: Act,
  index: number,
  delayMs: number,
  send: Send,
): Promise<void> {
  const whole = block(act, toolNames(body));
  const delta = (change: Json) => send({ type: "content_block_delta", index, delta: change });
  const start = (empty: Json) =>
    send({ type: "content_block_start", index, content_block: { ...whole, ...empty } });
  if (act.kind === "say") {
    start({ text: "" });
    await speak(prompt, act.text, delayMs, (text) => delta({ type: "text_delta", text }));
  } else if (act.kind === "think") {
    start({ thinking: "", signature: "" });
    delta({ type: "thinking_delta", thinking: act.text });
    delta({ type: "signature_delta", signature: whole.signature });
  } else {
    start({ input: {} });
    delta({ type: "input_json_delta", partial_json: JSON.stringify(whole.input) });
  }
  send({ type: "content_block_stop", index });
}

function block(act: Act, tools: string[]): Json {
  if (act.kind === "say") return { type: "text", text: act.text };
  if (act.kind === "think") {
    return { type: "thinking", thinking: act.text, signature: "ZmFrZS1zaWduYXR1cmU=" };
  }
  return { type: "tool_use", id: id("toolu"), ...toolOf(act, tools) };
}

function toolOf(act: ToolAct, tools: string[]): Tool {
  switch (act.kind) {
    case "shell":
      return { name: "Bash", input: { command: act.command, description: act.command } };
    case "read":
      return { name: "Read", input: { file_path: act.path } };
    case "write":
      return { name: "Write", input: { file_path: act.path, content: act.content } };
    case "recall":
      return tools.includes(SEARCH) || !tools.includes("ToolSearch")
        ? { name: SEARCH, input: { words: act.words } }
        : { name: "ToolSearch", input: { query: `select:${SEARCH}`, max_results: 1 } };
    case "delegate": {
      const name = tools.includes("Agent") ? "Agent" : "Task";
      const when = act.inBackground === undefined ? {} : { run_in_background: act.inBackground };
      const description = "Sub work";
      const input = { description, prompt: act.prompt, subagent_type: "general-purpose", ...when };
      return { name, input };
    }
  }
}

/** As Claude Code names the tool of a plugin's server. It offers such a tool once ToolSearch has named it. */
export const SEARCH = "mcp__plugin_duolog_duolog__search";

function toolNames(body: Json): string[] {
  return ((body.tools ?? []) as { name: string }[]).map((tool) => tool.name);
}

/** The last user message that says something by itself, and the answers since. */
function situation(body: Json): { prompt: string; step: number } {
  const messages = body.messages as { role: string; content: unknown }[];
  for (let index = messages.length - 1, step = 0; index >= 0; index -= 1) {
    const message = messages[index];
    if (message?.role === "assistant" && !isToolSearch(message.content)) step += 1;
    if (message?.role !== "user") continue;
    const prompt = said(message.content);
    if (prompt !== "") return { prompt, step };
  }
  return { prompt: "", step: 0 };
}

/** Whether an answer only has a tool named: the step is still to be done. */
function isToolSearch(content: unknown): boolean {
  return (content as { name?: string }[]).some(({ name }) => name === "ToolSearch");
}

/** A message's text without the reminders that Claude Code adds to it. */
function said(content: unknown): string {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return (
    (blocks as { type: string; text?: string }[])
      .flatMap((part) => (part.type === "text" ? [part.text ?? ""] : []))
      // What Claude Code says itself once ToolSearch has named a tool.
      .filter((text) => text !== "Tool loaded.")
      .join("\n")
      .replaceAll(/<system-reminder>[\s\S]*?<\/system-reminder>/g, "")
      .trim()
  );
}

function id(prefix: string): string {
  return `${prefix}_01${randomBytes(11).toString("hex")}`;
}
