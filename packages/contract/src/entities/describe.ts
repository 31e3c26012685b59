import type { Models } from "../generated/model.ts";

/**
 * How two present values of one field become one (lode/data-model/schemas.md has the rules in full).
 * An absent, null or empty value never takes part (M3).
 *
 * - `identity`: names the row, never changes (M1)
 * - `once`: set once; another value is refused with CONFLICT (M1)
 * - `attribution`: as `once`, but an inferred value gives way to a declared one (M1)
 * - `first`: the first value to arrive stays (M2)
 * - `larger`: the larger one (M4, M5)
 * - `main`: false, of the main conversation, where either is (M8)
 * - `speaker`: as `latest`, but none in the main conversation (M8)
 * - `voice`: as `latest`, but once the main conversation told the row, what that told alone (M8)
 * - `removal`: as `latest`, but what was told beats what was inferred (M8)
 * - `status`: the better rank, then the one observed later (M4)
 * - `title`: the better rank, then the one observed later (M4); `titleKind` follows its title
 * - `latest`: the one observed later (M4)
 * - `earliest`: the one observed earlier (M4)
 * - `bytes`: follows the long text that it is the size of
 * - `observation`: when that was; the latest one (M5)
 */
export type Rule =
  | "identity"
  | "once"
  | "attribution"
  | "first"
  | "larger"
  | "main"
  | "speaker"
  | "voice"
  | "removal"
  | "status"
  | "title"
  | "latest"
  | "earliest"
  | "bytes"
  | "observation";

/** What a column of each type in schema.prisma may hold; another type has to be thought of here. */
interface HoldsOf {
  String: "id";
  "String?": "line" | "text" | "json" | "long";
  "BigInt?": "count";
  "DateTime?": "time";
  "Float?": "usd";
  "Boolean?": "flag";
  "Source?": "source";
  "TitleKind?": "titleKind";
  "SessionStatus?": "status";
}

/** What a field holds: the zod schemas (contract/server) give each of these its limits. */
export type Holds = HoldsOf[keyof HoldsOf];

/** The models of what is recorded: those whose changes are numbered. */
type Recorded = {
  [M in keyof Models]: "changedSeq" extends keyof Models[M]["row"] ? M : never;
}[keyof Models];

/**
 * What the wire calls each entity, in the order in which they are written. A model without a word is
 * a compile error.
 */
export const KINDS = {
  Session: "session",
  Message: "message",
  ToolCall: "toolCall",
  SessionEvent: "event",
} as const satisfies Record<Recorded, string>;

/** The word for an entity: `session`, `message`, … */
export type Kind = (typeof KINDS)[Recorded];

/** The kinds whose rows belong to a session. */
export type ChildKind = Exclude<Kind, "session">;

type ModelOf<K extends Kind> = {
  [M in Recorded]: (typeof KINDS)[M] extends K ? M : never;
}[Recorded];

/** Columns that the daemon alone writes: never on the wire to it. */
export type DaemonOwned =
  | "key"
  | "sourceInferred"
  | "statusInferred"
  | "removedInferred"
  | "inputHash"
  | "outputHash"
  | "reasoningHash"
  | "stamps"
  | "changedSeq";

/** A row as it is read. */
export type RowOf<K extends Kind> = Models[ModelOf<K>]["row"];
/** The type in schema.prisma of every column of an entity. */
type TypesOf<K extends Kind> = Models[ModelOf<K>]["types"];
/** The type of every column that a sender may tell. */
export type ColumnTypes<K extends Kind> = Omit<TypesOf<K>, DaemonOwned>;

type Wire<K extends Kind> = Omit<RowOf<K>, DaemonOwned>;

/** The ids are needed; every other field may be absent or null, which never erases anything (M3). */
type Patch<T, Ids extends keyof T> = { [F in Ids]: NonNullable<T[F]> } & {
  [F in Exclude<keyof T, Ids>]?: T[F] | null;
};

/** An entity as known so far: the whole row as a sender may tell it. */
export type UpsertOf<K extends Kind> = Patch<Wire<K>, Extract<keyof Wire<K>, "id" | "sessionId">>;

/** How a field is merged, and what it holds. */
export type Field<Type = keyof HoldsOf> = readonly [
  rule: Rule,
  holds: Type extends keyof HoldsOf ? HoldsOf[Type] : never,
];

type FieldsOf<K extends Kind> = { readonly [F in keyof ColumnTypes<K>]: Field<ColumnTypes<K>[F]> };

/** The fields of a text that lies in `blobs` where it is long: the text, else its hash, and its bytes in UTF-8. */
export interface LongField {
  readonly text: string;
  readonly hash: string;
  readonly bytes: string;
}

/** The one description of an entity, which merge, storage, import and the wire's checks go by. */
export interface Entity<K extends Kind = Kind> {
  readonly kind: K;
  /** Its table. */
  readonly table: string;
  /** The fields by which a row is known (M1). */
  readonly key: readonly (keyof UpsertOf<K> & string)[];
  /** Every field that a sender may tell, in the order of the columns. */
  readonly fields: FieldsOf<K>;
  /** Its fields that hold `long`. */
  readonly long: readonly LongField[];
  /** Every field to its column, the daemon's own among them. */
  readonly columns: { readonly [F in keyof RowOf<K>]: string };
  /** Every field to its column's type in schema.prisma. */
  readonly types: { readonly [F in keyof RowOf<K>]: string };
}
