/**
 * What the fake models answer. A prompt says by markers what shall happen, so that a scenario is
 * the same on every run and with either agent:
 *
 * | marker | what the model does |
 * |---|---|
 * | none | one text |
 * | `#think` | reasoning, then a text |
 * | `#bash` | text and a shell call, then a text |
 * | `#parallel` | text and two shell calls at once, then a third one, then a text |
 * | `#task` | a sub-agent that gets `#bash do the sub work`, then a text |
 * | `#slow`, `#slow=N` | a text of N words (100), 50 ms each |
 * | `#err400` | refuses, always |
 * | `#err500=N` | fails N times (1), then a text |
 */

/** One block of an answer. */
export type Act =
  | { kind: "say"; text: string }
  | { kind: "think"; text: string }
  | { kind: "shell"; command: string }
  | { kind: "delegate"; prompt: string };

/** An answer, or an HTTP error in place of one. */
export type Reply =
  | { kind: "answer"; acts: Act[]; wordDelayMs: number }
  | { kind: "failure"; status: number; message: string };

/** Where a conversation stands. */
export interface Situation {
  /** The last prompt by a human, a parent agent or the program itself. */
  prompt: string;
  /** How many answers it has had so far. */
  step: number;
  /** How often this very request has been asked before. */
  attempt: number;
}

/** The model's reply: a function of the situation alone. */
export function reply({ prompt, step, attempt }: Situation): Reply {
  if (has(prompt, "err400")) return { kind: "failure", status: 400, message: "fake error 400" };
  if (attempt < count(prompt, "err500", 1)) {
    return { kind: "failure", status: 500, message: "fake error 500" };
  }
  const acts = (STEPS.find(([marker]) => has(prompt, marker))?.[1] ?? plain)(prompt)[step];
  return {
    kind: "answer",
    acts: acts ?? [say(`Nothing left to do after step ${step}.`)],
    wordDelayMs: has(prompt, "slow") ? 50 : 0,
  };
}

const say = (text: string): Act => ({ kind: "say", text });
const shell = (command: string): Act => ({ kind: "shell", command });
const plain = (prompt: string): Act[][] => [[say(`Answer to: ${prompt}`)]];

const STEPS: [marker: string, steps: (prompt: string) => Act[][]][] = [
  [
    "think",
    (prompt) => [[{ kind: "think", text: "Let me think." }, say(`Thought about: ${prompt}`)]],
  ],
  [
    "bash",
    () => [
      [say("I will run a command."), shell("echo hello-from-bash")],
      [say("The command ran; final answer.")],
    ],
  ],
  [
    "parallel",
    () => [
      [
        { kind: "think", text: "Two at once." },
        say("Running two tools at once."),
        shell("echo A"),
        shell("echo B"),
      ],
      [shell("echo C")],
      [say("All three commands ran. Final.")],
    ],
  ],
  [
    "task",
    () => [
      [say("I will delegate."), { kind: "delegate", prompt: "#bash do the sub work" }],
      [say("The sub-agent was started or is done; final answer.")],
      [say("The sub-agent has reported.")],
    ],
  ],
  [
    "slow",
    (prompt) => [
      [say(Array.from({ length: count(prompt, "slow", 100) }, (_, i) => `word${i}`).join(" "))],
    ],
  ],
];

function has(prompt: string, marker: string): boolean {
  return count(prompt, marker, 1) > 0;
}

function count(prompt: string, marker: string, otherwise: number): number {
  const found = new RegExp(`#${marker}(?:=(\\d+))?(?![\\w-])`).exec(prompt);
  if (found === null) return 0;
  return found[1] === undefined ? otherwise : Number(found[1]);
}

/** A title as an agent's small model would make it. */
export function titleOf(prompt: string): string {
  return `Title of ${prompt
    .replaceAll(/[^\w ]/g, "")
    .trim()
    .slice(0, 40)}`;
}

/** Token counts that differ from each other and from turn to turn, so that a mix-up shows. */
export function usageOf(messages: number, acts: Act[]) {
  const words = acts.map(textOf).join(" ").split(/\s+/).length;
  const reasoning = acts.some((act) => act.kind === "think") ? 7 : 0;
  return {
    input: 30 + messages,
    cacheRead: 1_000 + 10 * messages,
    cacheWrite: 200 + messages,
    output: 5 + words,
    reasoning,
  };
}

function textOf(act: Act): string {
  if (act.kind === "shell") return act.command;
  return act.kind === "delegate" ? act.prompt : act.text;
}
