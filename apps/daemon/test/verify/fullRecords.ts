import {
  type Entity,
  entities,
  type Field,
  type IngestRecord,
  KINDS_IN_ORDER,
  type Kind,
  Source,
} from "@duolog/contract";
import { T } from "../rows.ts";

/** Longer than what stays in a row. */
const LONG = "a long text of some words. ".repeat(40);

/** A value of each sort that a field may hold; `n` makes them differ. */
function made(name: string, holds: string, n: number): unknown {
  switch (holds) {
    case "time":
      return T + n;
    case "count":
    case "usd":
      return 100 + n;
    case "flag":
      return true;
    case "source":
      return Source.claude_code;
    case "titleKind":
      return "generated";
    case "status":
      return "idle";
    case "json":
      return JSON.stringify({ [name]: n });
    case "long":
      return `${name} ${n}: ${LONG}`;
    default:
      return `${name} ${n}`;
  }
}

/** A record of a kind that tells every field, `created` and long texts among them. */
export function fullRecord(kind: Kind, sessionId: string, id: string, n: number): IngestRecord {
  const entity = entities[kind] as Entity;
  const fields = Object.entries<Field>(entity.fields as never).filter(
    ([, [rule]]) => rule !== "bytes",
  );
  const data = Object.fromEntries(fields.map(([name, [, holds]]) => [name, made(name, holds, n)]));
  const ids = kind === "session" ? { id: sessionId } : { sessionId, id };
  const status = kind === "toolCall" ? { status: "success" } : {};
  return {
    kind,
    data: { ...data, ...status, ...ids, observedAt: T + n },
  } as unknown as IngestRecord;
}

/** Two rows of each kind of a session, one of the session. */
export function fullRecords(sessionId: string): IngestRecord[] {
  return KINDS_IN_ORDER.flatMap((kind) =>
    (kind === "session" ? [1] : [1, 2]).map((n) => fullRecord(kind, sessionId, `${kind}-${n}`, n)),
  );
}
