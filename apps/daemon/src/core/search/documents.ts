import type { ChildKind, SearchScope } from "@duolog/contract";
import { wordsInJson } from "./wordsInJson.ts";

/** A text of the record that is found by its words. */
export interface Document {
  scope: SearchScope;
  text: string;
}

/** Of each text so much is indexed, UTF-16 units: of an output what is enough to know it by. */
export const INDEXED: Record<SearchScope, number> = {
  messages: 262_144,
  tools: 65_536,
  outputs: 4_096,
  reasoning: 65_536,
};

/** What of a row is searched; long texts filled in as far as they are indexed. */
export interface Searched {
  /** A message's or event's. */
  text?: string | null;
  reasoning?: string | null;
  /** A call's. */
  name?: string | null;
  input?: string | null;
  error?: string | null;
  output?: string | null;
}

/** The texts of a row, each under its scope; an event's are searched with the messages'. */
export function documentsOf(kind: ChildKind, row: Searched): Document[] {
  return scopesOf(kind).flatMap((scope) => {
    const text = textOf(scope, row)?.slice(0, INDEXED[scope]);
    return text ? [{ scope, text }] : [];
  });
}

/** The scopes in which texts of such rows are. */
export function scopesOf(kind: ChildKind): SearchScope[] {
  switch (kind) {
    case "message":
      return ["messages", "reasoning"];
    case "toolCall":
      return ["tools", "outputs"];
    case "event":
      return ["messages"];
  }
}

/** What is searched of a row in a scope. */
export function textOf(scope: SearchScope, row: Searched): string | null {
  switch (scope) {
    case "messages":
      return row.text ?? null;
    case "reasoning":
      return row.reasoning ?? null;
    case "outputs":
      return row.output ?? null;
    case "tools": {
      const said = [row.name, wordsInJson(row.input ?? ""), row.error];
      return said.filter(Boolean).join("\n");
    }
  }
}
