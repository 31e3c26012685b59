import type { Group, Phrase, Query, Term } from "./parse.ts";
import { FACET } from "./words.ts";

/** What a row of the index is found by beside its words: numbers of the dictionary. */
export type Facet = number;

/** Facets of which a row must have one of each list, and those of which it must have none. */
export interface Facets {
  all: Facet[][];
  none: Facet[];
}

/** The text of the column of facets. */
export function facetText(facets: readonly Facet[]): string {
  return facets.map(facetWord).join(" ");
}

function facetWord(facet: Facet): string {
  return FACET + facet.toString(36);
}

/** The query as an expression of FTS5, for rows with these facets. Of a query that has groups. */
export function expressionOf(query: Query, { all, none }: Facets): string {
  const found = query.map(groupText).join(" OR ");
  const within = [`(${found})`, ...all.map((one) => `(${one.map(quotedFacet).join(" OR ")})`)];
  const unwanted = none.length > 0 ? ` NOT (${none.map(quotedFacet).join(" OR ")})` : "";
  return `(${within.join(" AND ")})${unwanted}`;
}

function groupText({ all, none }: Group): string {
  const wanted = all.map(termText).join(" AND ");
  return none.length > 0 ? `((${wanted}) NOT (${none.map(termText).join(" OR ")}))` : `(${wanted})`;
}

function termText(term: Term): string {
  return `(${term.map(phraseText).join(" OR ")})`;
}

/** One phrase as an expression. */
export function phraseText({ words, isPrefix }: Phrase): string {
  return `"${words.join(" ").normalize("NFC")}"${isPrefix ? " *" : ""}`;
}

/** One facet as an expression. */
export function quotedFacet(facet: Facet): string {
  return `"${facetWord(facet)}"`;
}
