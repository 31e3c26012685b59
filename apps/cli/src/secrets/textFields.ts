import { entities, type Kind } from "@duolog/contract";

const HOLDING_TEXT = new Set(["line", "text", "json", "long"]);

/** The fields of each entity that may hold a text of any kind. */
export const TEXT_FIELDS = Object.fromEntries(
  Object.values(entities).map(({ kind, fields }) => [
    kind,
    Object.entries(fields).flatMap(([field, [, holds]]) =>
      HOLDING_TEXT.has(holds) ? [field] : [],
    ),
  ]),
) as Record<Kind, string[]>;
