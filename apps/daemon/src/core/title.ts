import { TitleKind } from "@duolog/contract";

/** Titles that agents and older plugins give before there is one. */
const PLACEHOLDER =
  /^\s*(untitled( session)?|new session|(new|child) session - \d{4}-\d\d-\d\dT[\d:.]+Z)\s*$/i;

const RANKS: Record<TitleKind, number> = { placeholder: 0, prompt: 1, generated: 2, user: 3 };

/**
 * The kind of a title: as declared, unless the text is a known placeholder; a sender that
 * declares none (the plugins from before kinds were kept) is taken to have sent the first prompt.
 */
export function titleKindOf(title: string, declared: TitleKind | null): TitleKind {
  if (declared === TitleKind.user) return declared;
  if (PLACEHOLDER.test(title)) return TitleKind.placeholder;
  return declared ?? TitleKind.prompt;
}

/** Below 0 where `a` is the weaker kind. */
export function compareTitleKinds(a: TitleKind, b: TitleKind): number {
  return RANKS[a] - RANKS[b];
}
