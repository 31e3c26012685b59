import { TitleKind } from "@duolog/contract";

/** Titles that agents and older plugins give before there is one. */
const PLACEHOLDER =
  /^\s*(untitled( session)?|new session|(new|child) session - \d{4}-\d\d-\d\dT[\d:.]+Z)\s*$/i;

/** Weakest first; a title of which nobody said what it is stands between a prompt and a made one. */
const RANKS = [TitleKind.placeholder, TitleKind.prompt, null, TitleKind.generated, TitleKind.user];

/**
 * The kind of a title: as declared, unless the text is a known placeholder. Null for one that its
 * sender (the plugins from before kinds were kept) declares none of.
 */
export function titleKindOf(title: string, declared: TitleKind | null): TitleKind | null {
  if (declared === TitleKind.user) return declared;
  return PLACEHOLDER.test(title) ? TitleKind.placeholder : declared;
}

/** Below 0 where `a` is the weaker kind. */
export function compareTitleKinds(a: TitleKind | null, b: TitleKind | null): number {
  return RANKS.indexOf(a) - RANKS.indexOf(b);
}
