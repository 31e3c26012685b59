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
 * | `#mixed` | at once a command that fails, a file that is not there, a file to write and a command |
 * | `#refused` | a file to write that somebody is to refuse, then a text |
 * | `#endless` | a command that never ends |
 * | `#task` | a sub-agent that gets `#bash do the sub work`, then a text |
 * | `#wait`, `#background` | the same, to be waited for, or not |
 * | `#nest` | a sub-agent that starts another |
 * | `#recall WORDS` | a search for the words in duolog, then a text |
 * | `#subrecall WORDS` | a sub-agent that does that |
 * | `#slow`, `#slow=N` | a text of N words (100), 50 ms each |
 * | `#err400` | refuses, always |
 * | `#err500=N` | fails N times (1), then a text |
 * | `#overflow` | says once that the prompt is too long, then a text |
 * | `#big` | a text that is said to have filled the context |
 */

/** One block of an answer. */
export type Act =
  | { kind: "say"; text: string }
  | { kind: "think"; text: string }
  | { kind: "shell"; command: string }
  | { kind: "read"; path: string }
  | { kind: "write"; path: string; content: string }
  | { kind: "delegate"; prompt: string; inBackground?: boolean }
  | { kind: "recall"; words: string };

/** A block that calls a tool. */
export type ToolAct = Exclude<Act, { kind: "say" | "think" }>;

/** A tool as an agent names it, and its input. */
export interface Tool {
  name: string;
  input: Record<string, unknown>;
}

/** What a model answers, how slowly, and whether it says that the context is full. */
export interface Answer {
  acts: Act[];
  wordDelayMs: number;
  fills: boolean;
}

/** An answer, or an HTTP error in place of one. */
export type Reply =
  | ({ kind: "answer" } & Answer)
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
  if (has(prompt, "overflow") && attempt === 0) {
    const message = "prompt is too long: 250000 tokens > 200000 maximum";
    return { kind: "failure", status: 400, message };
  }
  const acts = (STEPS.find(([marker]) => has(prompt, marker))?.[1] ?? plain)(prompt)[step];
  return {
    kind: "answer",
    acts: acts ?? [say(`Nothing left to do after step ${step}.`)],
    wordDelayMs: has(prompt, "slow") ? 50 : 0,
    fills: has(prompt, "big"),
  };
}

/** An answer of one text, at once. */
export function plainly(text: string): Answer {
  return { acts: [say(text)], wordDelayMs: 0, fills: false };
}

/** Leaves a file `started` where it runs, and then waits for good. */
export const ENDLESS = "touch started && tail -f /dev/null";

const say = (text: string): Act => ({ kind: "say", text });
const shell = (command: string): Act => ({ kind: "shell", command });
const plain = (prompt: string): Act[][] => [[say(`Answer to: ${prompt}`)]];

const SUB_WORK = "#bash do the sub work";
const delegation = (act: Act): Act[][] => [
  [say("I will delegate."), act],
  [say("The sub-agent was started or is done; final answer.")],
  [say("The sub-agent has reported.")],
];

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
    "mixed",
    () => [
      [
        say("Four at once."),
        shell("echo half; exit 3"),
        { kind: "read", path: "missing.txt" },
        { kind: "write", path: "made.txt", content: "made by a tool\n" },
        shell("echo fine"),
      ],
      [say("Some of them failed.")],
    ],
  ],
  [
    "refused",
    () => [
      [say("I will write."), { kind: "write", path: "refused.txt", content: "never written\n" }],
      [say("Then not.")],
    ],
  ],
  ["endless", () => [[say("This will take long."), shell(ENDLESS)], [say("Ended.")]]],
  ["task", () => delegation({ kind: "delegate", prompt: SUB_WORK })],
  ["wait", () => delegation({ kind: "delegate", prompt: SUB_WORK, inBackground: false })],
  ["background", () => delegation({ kind: "delegate", prompt: SUB_WORK, inBackground: true })],
  [
    "nest",
    () => delegation({ kind: "delegate", prompt: "#wait below the first", inBackground: false }),
  ],
  [
    "recall",
    (prompt) => [
      [say("I will look it up."), { kind: "recall", words: after(prompt, "recall") }],
      [say("So it was.")],
    ],
  ],
  [
    "subrecall",
    (prompt) =>
      delegation({
        kind: "delegate",
        prompt: `#recall ${after(prompt, "subrecall")}`,
        inBackground: false,
      }),
  ],
  [
    "slow",
    (prompt) => [
      [say(Array.from({ length: count(prompt, "slow", 100) }, (_, i) => `word${i}`).join(" "))],
    ],
  ],
];

/** What a prompt says behind a marker, to the end of the line. */
function after(prompt: string, marker: string): string {
  return new RegExp(`#${marker} (.*)`).exec(prompt)?.[1]?.replaceAll('"', "") ?? "";
}

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

/**
 * Token counts that differ from each other and from turn to turn, so that a mix-up shows.
 * @param fills whether they are to be more than any context holds
 */
export function usageOf(messages: number, acts: Act[], fills: boolean) {
  const words = acts.map(textOf).join(" ").split(/\s+/).length;
  const reasoning = acts.some((act) => act.kind === "think") ? 7 : 0;
  return {
    input: (fills ? 2_000_000 : 30) + messages,
    cacheRead: 1_000 + 10 * messages,
    cacheWrite: 200 + messages,
    output: 5 + words,
    reasoning,
  };
}

function textOf(act: Act): string {
  if (act.kind === "shell") return act.command;
  if (act.kind === "read" || act.kind === "write") return act.path;
  if (act.kind === "recall") return act.words;
  return act.kind === "delegate" ? act.prompt : act.text;
}

/** Whether the act calls a tool. */
export function isTool(act: Act): act is ToolAct {
  return act.kind !== "say" && act.kind !== "think";
}
