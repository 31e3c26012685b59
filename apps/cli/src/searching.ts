import { MAX_HITS, MAX_WAIT_MS, SEARCH_SCOPES, type SearchScope } from "@duolog/contract";
import type { FindQuery } from "@duolog/contract/server";
import { type Command, InvalidArgumentError, Option } from "commander";
import { Failure } from "./failure.ts";
import { type FilterOptions, filterOf, withFilters } from "./filters.ts";
import type { Output } from "./output/output.ts";
import type { Place } from "./place.ts";

/** What the commands work with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  output: (options: { json?: boolean }) => Output;
  /** Begins a command that has `--json`. */
  json: (name: string, description: string) => Command;
}

interface SearchOptions extends FilterOptions {
  json?: boolean;
  in: SearchScope | "all";
  sort: "newest" | "best";
  limit: number;
  all: boolean;
  substring: boolean;
  wait: boolean;
  cursor?: string;
}

/** What a search waits for the index without `--wait`, ms. */
const WAIT_MS = 2_000;

/** Defines the commands of the search. */
export function defineSearching(around: Around): void {
  defineSearch(around);
  defineReindex(around);
}

function defineSearch({ place, env, output, json }: Around): void {
  const search = json("search", "find what was said or done, the newest first")
    .argument(
      "<words...>",
      'words that are all there; "a phrase", the beginning of a word*, -without, one OR another',
    )
    // Else `-without` would be one.
    .allowUnknownOption();
  withFilters(search)
    .addOption(
      new Option("--in <where>", "in messages, in what tools were called with, in outputs, …")
        .choices([...SEARCH_SCOPES, "all"])
        .default("messages"),
    )
    .addOption(
      new Option("--sort <order>", "which ones first")
        .choices(["newest", "best"])
        .default("newest"),
    )
    .option("--limit <number>", `how many, up to ${MAX_HITS}`, toLimit, 10)
    .option("--all", "each place, not one of a session", false)
    .addOption(
      new Option("--substring", "what is no word too, as it is typed; reads every text")
        .default(false)
        .conflicts(["sort", "cursor", "wait"]),
    )
    .option("--cursor <cursor>", "what follows: the nextCursor of the page before")
    .option("--wait", "until all that is recorded can be found", false)
    .action(async (words: string[], options: SearchOptions) => {
      checkWords(words);
      const { search } = await import("./commands/search/search.ts");
      const setting = { place, env, output: output(options) };
      await search(setting, queryOf(words, options), options.substring);
    });
}

function queryOf(words: string[], options: SearchOptions): FindQuery {
  const { sort, limit, all, wait, cursor } = options;
  return {
    ...filterOf(options),
    words: words.join(" "),
    in: options.in === "all" ? [...SEARCH_SCOPES] : [options.in],
    sort,
    limit,
    each: all,
    waitMs: wait ? MAX_WAIT_MS : WAIT_MS,
    cursor,
  };
}

/** A word with two dashes is rather an option that is not known than looked for. */
function checkWords(words: string[]): void {
  const unknown = words.find((word) => /^--[\w-]/.test(word));
  const isMeant = process.argv.includes("--");
  if (unknown !== undefined && !isMeant) {
    throw new Failure(`there is no option ${unknown}; behind -- it is a word`);
  }
}

function defineReindex({ place, env, output, json }: Around): void {
  json("reindex", "build the search index and the totals anew")
    .option("--wait", "until it is whole", false)
    .action(async (options: { json?: boolean; wait: boolean }) => {
      const { reindex } = await import("./commands/search/reindex.ts");
      await reindex(place, env, options.wait, output(options));
    });
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= MAX_HITS) return limit;
  throw new InvalidArgumentError(`not a number from 1 to ${MAX_HITS}`);
}
