import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, Running } from "./program.ts";

/** A line of the stream of JSON, with the keys that matter here. */
interface Said {
  type: string;
  request_id?: string;
  request?: { subtype: string; input?: Record<string, unknown> };
  message?: { content: { type: string }[] };
}

/** A conversation with one Claude Code process, which is told of all its prompts by and by. */
export interface Talk {
  /** Asks and waits for the end of the turn. */
  ask(prompt: string): Promise<void>;
  /** Asks without waiting; in the middle of a turn the prompt is queued. */
  queue(prompt: string): void;
  /** Waits until so many turns have ended since the beginning. */
  turns(count: number): Promise<void>;
  /** Waits until so many calls of tools have begun since the beginning. */
  calls(count: number): Promise<void>;
  /** Interrupts the turn, as Esc does. */
  interrupt(): void;
  /** Says that nothing more will come and waits for the process's end. */
  end(): Promise<Ended>;
}

/** What a person says who is asked whether a tool may run: null is yes. */
export type Refusal = (input: Record<string, unknown>) => string | null;

/**
 * Talks with a process that reads and writes lines of JSON (`--input-format stream-json`) and asks
 * on stdout for permissions (`--permission-prompt-tool stdio`).
 */
export function talkWith(run: Running, refusal: Refusal): Talk {
  const seen: Said[] = [];
  const send = (line: object) => run.input.write(`${JSON.stringify(line)}\n`);
  createInterface({ input: run.output }).on("line", (line) => {
    const said = JSON.parse(line) as Said;
    seen.push(said);
    if (said.request?.subtype === "can_use_tool") send(decision(said, refusal));
  });
  const count = (what: (said: Said) => boolean) => seen.filter(what).length;
  const until = async (what: (said: Said) => boolean, wanted: number) => {
    while (count(what) < wanted) await sleep(20);
  };
  const queue = (prompt: string) =>
    send({ type: "user", message: { role: "user", content: prompt } });
  const over = Promise.race([run.ended.then(() => Promise.reject(new Error("it has ended")))]);
  over.catch(() => {});
  const turns = (wanted: number) => Promise.race([until(isResult, wanted), over]);
  return {
    queue,
    turns,
    ask: (prompt) => {
      const wanted = count(isResult) + 1;
      queue(prompt);
      return turns(wanted);
    },
    calls: (wanted) => Promise.race([until(isCall, wanted), over]),
    interrupt: () => {
      send({ type: "control_request", request_id: "esc", request: { subtype: "interrupt" } });
    },
    end: () => {
      run.input.end();
      return run.ended;
    },
  };
}

function decision({ request_id, request }: Said, refusal: Refusal): object {
  const input = request?.input ?? {};
  const message = refusal(input);
  const response =
    message === null ? { behavior: "allow", updatedInput: input } : { behavior: "deny", message };
  return { type: "control_response", response: { subtype: "success", request_id, response } };
}

function isResult({ type }: Said): boolean {
  return type === "result";
}

function isCall({ type, message }: Said): boolean {
  return (
    type === "assistant" && message?.content.some((block) => block.type === "tool_use") === true
  );
}
