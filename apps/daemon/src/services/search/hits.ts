import { setImmediate } from "node:timers/promises";
import type { SearchScope } from "@duolog/contract";
import type { Hit } from "@duolog/contract/server";
import { type Searched, textOf } from "../../core/search/documents.ts";
import { type Excerpt, excerptOf } from "../../core/search/excerpt.ts";
import type { Query } from "../../core/search/parse.ts";
import type { FoundRow } from "../../storage/search/foundRows.ts";
import { rowOf } from "../../storage/search/rowNumber.ts";
import type { SearchStore } from "../../storage/search/searchStore.ts";
import type { Shown } from "./collect.ts";
import { groupBy } from "./groupBy.ts";

/** Texts that are read in one go. */
const AT_ONCE = 8;

/** The hits that are shown, with the pieces of their texts. Rejects with StorageError. */
export async function hitsOf(
  store: Pick<SearchStore, "texts">,
  query: Query,
  shown: Shown[],
): Promise<Hit[]> {
  const hits = new Map<Shown, Hit>();
  for (let from = 0; from < shown.length; from += AT_ONCE) {
    const part = shown.slice(from, from + AT_ONCE);
    for (const [one, text] of await textsOf(store, part)) {
      const { candidate, row, more, moreIsCapped } = one;
      const excerpt = excerptOf(textOf(candidate.scope, text ?? {}) ?? "", query);
      hits.set(one, { ...hitOf(candidate.scope, row, excerpt), more, moreIsCapped });
    }
    await setImmediate();
  }
  return shown.map((one) => hits.get(one)).filter((hit) => hit !== undefined);
}

async function textsOf(
  store: Pick<SearchStore, "texts">,
  shown: Shown[],
): Promise<[Shown, Searched | undefined][]> {
  const groups = groupBy(shown, ({ candidate: { scope, row } }) => {
    return `${scope} ${rowOf(scope, row).kind}`;
  });
  const texts: [Shown, Searched | undefined][] = [];
  for (const group of groups.values()) {
    const { scope, row } = (group[0] as Shown).candidate;
    const keys = group.map(({ row: { key } }) => key);
    const found = await store.texts(scope, rowOf(scope, row).kind, keys);
    texts.push(...group.map((one): [Shown, Searched | undefined] => [one, found.get(one.row.key)]));
  }
  return texts;
}

/** What a hit tells of its row and of its text. */
export function hitOf(
  scope: SearchScope,
  row: FoundRow,
  excerpt: Excerpt,
): Omit<Hit, "more" | "moreIsCapped"> {
  const { sessionId, messageId, createdAt, source, project, title, role, tool, event } = row;
  return {
    sessionId,
    messageId,
    toolCallId: isOfCall(scope) ? row.id : null,
    event,
    createdAt,
    source,
    project,
    title,
    role,
    in: scope,
    tool,
    ...excerpt,
  };
}

function isOfCall(scope: SearchScope): boolean {
  return scope === "tools" || scope === "outputs";
}
