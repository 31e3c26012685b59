import type { Output } from "../output.ts";
import { page, pagerOf } from "./pager.ts";
import { paintFor } from "./paint.ts";

/** How text goes to standard output: coloured and through a pager in a terminal, plain in a pipe. */
export function outputTo(
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
  write: (text: string) => void,
): Omit<Output, "json"> {
  const isTerminal = stream.isTTY === true;
  const pager = isTerminal ? pagerOf(env) : null;
  const paint = paintFor(env, isTerminal);
  if (pager === null) return { write, paint };
  const paged = async (text: string) => {
    if (!(await page(text, pager))) write(text);
  };
  return { write, paint, page: paged };
}
