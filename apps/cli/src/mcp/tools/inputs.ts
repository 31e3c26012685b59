import { Source } from "@duolog/contract";
import type { Filter } from "@duolog/contract/server";
import * as z from "zod";
import { Failure } from "../../failure.ts";
import { parseSince, parseUntil } from "../../times.ts";
import { MOST_BYTES, USUAL_BYTES } from "../answer/fit.ts";

// Limits are checks of ours and not part of the schema, of which each word is in every request of OpenCode's.

/** A text of at most so many UTF-16 units. */
export const text = (most: number) =>
  z.string().refine((given) => given.length <= most, `longer than ${most}`);

const whole = (least: number, most: number) =>
  z
    .number()
    .refine(
      (given) => Number.isInteger(given) && given >= least && given <= most,
      `must be ${least} to ${most}`,
    );

/** How much an agent wants, and from where on. */
export const PAGING = {
  limit: whole(1, 50).optional(),
  bytes: whole(1_000, MOST_BYTES).optional(),
  cursor: text(10_000).optional(),
};

/** What narrows a question. */
export const FILTERS = {
  source: z.enum(Source).optional(),
  project: text(1_000).optional(),
  file: text(1_000).optional(),
  tool: text(200).optional(),
  since: text(40).optional(),
  until: text(40).optional(),
};

type Given = Partial<z.infer<z.ZodObject<typeof FILTERS>>>;

/** The filter that an agent gave. Throws Failure where a time is none. */
export function filterOf({ source, project, file, tool, since, until }: Given): Filter {
  return {
    source,
    project,
    file,
    tool,
    since: timeIn("since", since, parseSince),
    until: timeIn("until", until, parseUntil),
  };
}

function timeIn(
  name: string,
  given: string | undefined,
  parse: (text: string, now: number) => number | null,
): number | undefined {
  if (given === undefined) return undefined;
  const time = parse(given, Date.now());
  if (time !== null) return time;
  throw new Failure(`${name} must be as 3d, 12h, yesterday, 2026-10 or 2026-10-05T12:30`);
}

/** What an answer may hold, bytes. */
export function sizeOf({ bytes }: { bytes?: number | undefined }): number {
  return bytes ?? USUAL_BYTES;
}
