import { createInterface } from "node:readline";
import type { Ended, Running } from "./program.ts";
import { until } from "./until.ts";

/** A line of the stream of JSON, with the keys that matter here. */
interface Said {
  type: string;
  request_id?: string;
  request?: { subtype: string; input?: Record<string, unknown> };
}

/** A conversation with one Claude Code process, which is told of all its prompts by and by. */
export interface Talk {
  /** Asks and waits for the end of the turn, whose number from 1 it returns. */
  ask(prompt: string): Promise<number>;
  /** Asks without waiting; in the middle of a turn the prompt is queued. */
  queue(prompt: string): void;
  /** Waits until so many turns have ended since the beginning. */
  turns(count: number): Promise<number>;
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
  const results: Said[] = [];
  let hasEnded = false;
  const over = () => {
    hasEnded = true;
  };
  run.ended.then(over, over);
  const send = (line: object) => run.input.write(`${JSON.stringify(line)}\n`);
  createInterface({ input: run.output }).on("line", (line) => {
    const said = JSON.parse(line) as Said;
    if (said.type === "result") results.push(said);
    if (said.request?.subtype === "can_use_tool") send(decision(said, refusal));
  });
  const queue = (prompt: string) =>
    send({ type: "user", message: { role: "user", content: prompt } });
  const turns = (wanted: number) =>
    until(`the end of turn ${wanted}`, () => {
      if (results.length >= wanted) return results.length;
      if (hasEnded) throw new Error("the process has ended");
      return null;
    });
  return {
    queue,
    turns,
    ask: (prompt) => {
      queue(prompt);
      return turns(results.length + 1);
    },
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
