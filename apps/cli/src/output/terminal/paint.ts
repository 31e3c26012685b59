import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Marks parts of a text for the eye; as they are where no colour is wanted. */
export interface Paint {
  heading(text: string): string;
  failed(text: string): string;
  aside(text: string): string;
  /** What was looked for. */
  found(text: string): string;
}

export const PLAIN: Paint = { heading: same, failed: same, aside: same, found: same };

const COLOURED: Paint = {
  heading: styled(["bold", "cyan"]),
  failed: styled("red"),
  aside: styled("dim"),
  found: styled(["bold", "yellow"]),
};

/** Colours in a terminal, and as `NO_COLOR` and `FORCE_COLOR` say. */
export function paintFor(env: NodeJS.ProcessEnv, isTerminal: boolean): Paint {
  return isColoured(env, isTerminal) ? COLOURED : PLAIN;
}

function isColoured({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv, isTerminal: boolean) {
  if (FORCE_COLOR !== undefined) return !["0", "false"].includes(FORCE_COLOR);
  return isTerminal && !NO_COLOR && TERM !== "dumb";
}

/** Whether it is wanted is known here, so Node is not to look at its own standard output. */
function styled(format: Format): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false });
}

function same(text: string): string {
  return text;
}
