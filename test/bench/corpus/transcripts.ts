import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { phrase } from "./lines.ts";
import { T0 } from "./messages.ts";
import { below, pick, type Random, randomOf } from "./random.ts";
import { toolCallOf } from "./toolCalls.ts";

/** Per session: prompts, or one more, each with so many calls of tools. */
const PROMPTS = 4;
const STEPS = 3;
/** Of so many sessions one has a sub-agent with a transcript of its own. */
const AGENT_EVERY = 5;

const CWD = "/home/dev/project";
const MODEL = "claude-opus-5-5";
const TOOL_NAMES: Readonly<Record<string, string>> = {
  bash: "Bash",
  read: "Read",
  grep: "Grep",
  edit: "Edit",
};

type Line = Record<string, unknown>;

/** What Claude Code keeps of a result beside what the model was told: of some tools all of it again. */
const RESULTS: Readonly<Record<string, (output: string) => Line>> = {
  Bash: (stdout) => ({ stdout, stderr: "", interrupted: false, isImage: false }),
  Read: (content) => ({ type: "text", file: { filePath: `${CWD}/src/a.ts`, content } }),
  Grep: () => ({ mode: "content", numFiles: 3, filenames: [] }),
};

/**
 * Writes what Claude Code would have kept of so many sessions below a configuration directory; 125 KB
 * each on the average, tool calls and thoughts included. All made up, and the same every time.
 */
export function writeTranscripts(configDir: string, sessions: number): void {
  for (let n = 0; n < sessions; n++) {
    const project = join(configDir, "projects", `-home-dev-project-${n % 20}`);
    const session = new Session(n);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, `${session.id}.jsonl`), textOf(session.lines(PROMPTS + (n % 2))));
    if (n % AGENT_EVERY === 0) writeAgent(join(project, session.id, "subagents"), n, session.id);
  }
}

function writeAgent(directory: string, n: number, sessionId: string): void {
  const agentId = `a${String(n).padStart(8, "0")}`;
  const agent = new Session(n, { sessionId, agentId });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `agent-${agentId}.jsonl`), textOf(agent.lines(1)));
  const meta = { agentType: "Explore", description: "looks around" };
  writeFileSync(join(directory, `agent-${agentId}.meta.json`), JSON.stringify(meta));
}

function textOf(lines: Iterable<Line>): string {
  let text = "";
  for (const line of lines) text += `${JSON.stringify(line)}\n`;
  return text;
}

/** Makes the lines of one transcript. */
class Session {
  readonly id: string;
  readonly #random: Random;
  readonly #name: string;
  readonly #agentId: string | null;
  #at: number;
  #calls = 0;
  #parent: string | null = null;

  constructor(n: number, agent: { sessionId: string; agentId: string } | null = null) {
    this.#name = agent === null ? `session ${n}` : `agent ${n}`;
    this.#random = randomOf(this.#name);
    this.#agentId = agent?.agentId ?? null;
    this.id = agent?.sessionId ?? this.#uuid();
    this.#at = T0 + n * 60_000;
  }

  *lines(prompts: number): Generator<Line> {
    for (let prompt = 0; prompt < prompts; prompt++) {
      yield this.#line("user", { message: { role: "user", content: this.#words(20, 60) } });
      for (let step = 0; step < STEPS; step++) yield* this.#step();
      yield* this.#answer([{ type: "text", text: this.#words(40, 150) }], "end_turn");
      yield { type: "last-prompt", lastPrompt: this.#words(5, 9), sessionId: this.id };
      yield this.#line("system", {
        subtype: "turn_duration",
        durationMs: below(this.#random, 1e5),
      });
    }
  }

  /** Thoughts and words, then a call, as Claude Code writes them: a line a block, all of one message. */
  *#step(): Generator<Line> {
    const call = toolCallOf(this.#name, this.#calls++);
    const id = `toolu_${this.#hex(24)}`;
    const thinking = this.#words(20, 80);
    const name = TOOL_NAMES[call.name ?? ""] ?? "Bash";
    yield* this.#answer(
      [
        { type: "thinking", thinking, signature: this.#hex(200) },
        { type: "text", text: this.#words(10, 60) },
        { type: "tool_use", id, name, input: JSON.parse(call.input ?? "{}") },
      ],
      "tool_use",
    );
    const content = call.output ?? "";
    yield this.#line("user", {
      message: { role: "user", content: [{ tool_use_id: id, type: "tool_result", content }] },
      toolUseResult: RESULTS[name]?.(content) ?? {},
    });
    if (this.#random() < 0.5)
      yield* this.#answer([{ type: "text", text: this.#words(10, 40) }], null);
  }

  *#answer(content: unknown[], reason: string | null): Generator<Line> {
    const id = `msg_${this.#hex(24)}`;
    const requestId = `req_${this.#hex(24)}`;
    const usage = {
      input_tokens: below(this.#random, 100),
      cache_creation_input_tokens: below(this.#random, 5_000),
      cache_read_input_tokens: below(this.#random, 150_000),
      output_tokens: below(this.#random, 2_000),
      service_tier: "standard",
      cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 1_200 },
    };
    for (const block of content) {
      const message = {
        id,
        type: "message",
        role: "assistant",
        model: MODEL,
        content: [block],
        stop_reason: reason,
        stop_sequence: null,
        usage,
      };
      yield this.#line("assistant", { message, requestId });
    }
  }

  #line(type: string, more: Line): Line {
    const uuid = this.#uuid();
    const parentUuid = this.#parent;
    this.#parent = uuid;
    this.#at += 200 + below(this.#random, 3_000);
    return {
      parentUuid,
      isSidechain: this.#agentId !== null,
      ...(this.#agentId === null ? {} : { agentId: this.#agentId }),
      type,
      ...more,
      uuid,
      timestamp: new Date(this.#at).toISOString(),
      userType: "external",
      entrypoint: "cli",
      cwd: CWD,
      sessionId: this.id,
      version: "2.1.330",
      gitBranch: "main",
    };
  }

  #words(least: number, most: number): string {
    return phrase(this.#random, least + below(this.#random, most - least));
  }

  #hex(digits: number): string {
    return Array.from({ length: digits }, () => pick(this.#random, DIGITS)).join("");
  }

  #uuid(): string {
    const hex = this.#hex(32);
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join("-");
  }
}

const DIGITS = [..."0123456789abcdef"];
