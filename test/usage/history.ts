import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An answer in a transcript; tokens as Claude Code names them. */
export interface Answer {
  session: string;
  /** `message.id` and `requestId`. */
  id: string;
  request?: string;
  /** ISO 8601. */
  at: string;
  model: string;
  input: number;
  output: number;
  write5m: number;
  write1h: number;
  read: number;
  /** Of a sub-agent, in a file of its own. */
  agent?: string;
  /** Told twice, as Claude Code does for each block of an answer. */
  lines?: number;
}

/** Writes a history of Claude Code's: a transcript for each session and sub-agent. */
export function writeHistory(config: string, answers: readonly Answer[]): void {
  const files = new Map<string, string[]>();
  for (const answer of answers) {
    const file = fileOf(answer);
    const lines = files.get(file) ?? [];
    for (let n = 0; n < (answer.lines ?? 1); n++) lines.push(JSON.stringify(lineOf(answer, n)));
    files.set(file, lines);
  }
  const project = join(config, "projects", "-w-app");
  for (const [file, lines] of files) {
    const path = join(project, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${lines.join("\n")}\n`);
  }
}

function fileOf({ session, agent }: Answer): string {
  return agent ? join(session, "subagents", `agent-${agent}.jsonl`) : `${session}.jsonl`;
}

function lineOf(answer: Answer, n: number): object {
  const { session, id, request = `req_${id}`, at, model, agent } = answer;
  return {
    type: "assistant",
    uuid: `${session}-${id}-${n}`,
    timestamp: at,
    sessionId: session,
    ...(agent && { agentId: agent, isSidechain: true }),
    cwd: "/w/app",
    version: "2.1.0",
    requestId: request,
    message: {
      id,
      model,
      role: "assistant",
      type: "message",
      content: [{ type: "text", text: `part ${n}` }],
      usage: usageOf(answer),
    },
  };
}

function usageOf({ input, output, write5m, write1h, read }: Answer): object {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
  };
}
