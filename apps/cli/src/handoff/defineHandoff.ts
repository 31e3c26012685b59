import { Source } from "@duolog/contract";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type FilterOptions, withFilters } from "../filters.ts";
import type { Output } from "../output/output.ts";
import type { Place } from "../place.ts";

/** What the command works with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  output: (options: { json?: boolean }) => Output;
  /** Begins a command that has `--json`. */
  json: (name: string, description: string) => Command;
}

interface Options extends Pick<FilterOptions, "source" | "project"> {
  json?: boolean;
  to: Source;
  tokens: number;
  raw: boolean;
}

const NOT_OF_LAST = ["model", "role", "tool", "file", "since", "until", "session"] as const;
/** As one argument of a program Linux takes 128 KB: 25,000 tokens are 100,000 characters. */
const MOST_TOKENS = 25_000;
const LEAST_TOKENS = 200;

/** Defines the command that hands a session on. */
export function defineHandoff({ place, env, output, json }: Around): void {
  const to = new Option("--to <agent>", "who goes on").choices(Object.values(Source));
  const command = json("handoff", "write a brief of a session, for another agent to go on from")
    .argument("<session>", "a session's id, the beginning of it, or `last`: the one written last")
    .addOption(to.makeOptionMandatory())
    .option("--tokens <number>", "about how long", toTokens, 4_000)
    .option("--raw", "with the secrets that are masked else", false);
  withFilters(command, ...NOT_OF_LAST).action(async (ref: string, options: Options) => {
    const { handoff, startLine } = await import("./handoff.ts");
    const { source, project, ...rest } = options;
    const tell = (text: string) => process.stderr.write(`duolog: ${text}\n`);
    const id = await handoff(
      { place, env, output: output(options), tell },
      { ref, source, project },
      rest,
    );
    if (process.stdout.isTTY && process.stderr.isTTY && !options.json) {
      tell(`start the other agent with it: ${startLine(id, rest.to)}`);
    }
  });
}

function toTokens(text: string): number {
  const tokens = Number(text);
  if (Number.isSafeInteger(tokens) && tokens >= LEAST_TOKENS && tokens <= MOST_TOKENS)
    return tokens;
  throw new InvalidArgumentError(`not a number from ${LEAST_TOKENS} to ${MOST_TOKENS}`);
}
