import {
  CHILD_KINDS,
  entities,
  KINDS_IN_ORDER,
  type Kind,
  SessionStatus,
  Source,
  TitleKind,
} from "@duolog/contract";
import { FORMAT, LISTS } from "./json.ts";
import { EXPORTED } from "./rowFields.ts";

type Schema = Record<string, unknown>;

/** What a column of each type in schema.prisma is in JSON. */
const TYPES: Readonly<Record<string, Schema>> = {
  String: { type: "string" },
  "String?": { type: ["string", "null"] },
  "BigInt?": { type: ["integer", "null"] },
  "DateTime?": { type: ["integer", "null"], description: "epoch ms" },
  "Float?": { type: ["number", "null"], description: "USD" },
  "Boolean?": { type: ["boolean", "null"] },
  Boolean: { type: "boolean" },
  "Source?": oneOf(Source),
  "TitleKind?": oneOf(TitleKind),
  "SessionStatus?": oneOf(SessionStatus),
};

/** Of what a session is told with besides its columns. */
const SUMMARY: Readonly<Record<string, Schema>> = {
  messageCount: { type: "integer" },
  toolCallCount: { type: "integer" },
  ended: { type: "boolean" },
};

/** The JSON Schema of an exported document, and under `$defs/line` of a line of NDJSON. */
export function exportSchema(): Schema {
  const body = {
    session: { $ref: "#/$defs/session" },
    ...Object.fromEntries(CHILD_KINDS.map((kind) => [LISTS[kind], listOf(kind)])),
    children: listOf("body"),
  };
  const header = { format: { const: FORMAT.format }, version: { const: FORMAT.version } };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A session, as `duolog export --format json` writes it",
    ...objectOf({ ...header, ...body }),
    $defs: {
      ...Object.fromEntries(KINDS_IN_ORDER.map((kind) => [kind, rowSchema(kind)])),
      body: objectOf(body),
      line: {
        oneOf: KINDS_IN_ORDER.map((kind) => {
          const line = { kind: { const: kind }, data: { $ref: `#/$defs/${kind}` } };
          return objectOf(kind === "session" ? { ...header, ...line } : line);
        }),
      },
    },
  };
}

/** Fields may be added to it, which a reader that does not know them passes over. */
function objectOf(properties: Record<string, Schema>): Schema {
  return { type: "object", properties, required: Object.keys(properties) };
}

function listOf(definition: string): Schema {
  return { type: "array", items: { $ref: `#/$defs/${definition}` } };
}

function rowSchema(kind: Kind): Schema {
  return objectOf(Object.fromEntries(EXPORTED[kind].map((field) => [field, fieldOf(kind, field)])));
}

function fieldOf(kind: Kind, field: string): Schema {
  const { types, fields } = entities[kind];
  const schema = SUMMARY[field] ?? TYPES[(types as Record<string, string>)[field] ?? ""];
  if (!schema) throw new Error(`no JSON type is known of ${kind}.${field}`);
  const holds = (fields as unknown as Record<string, readonly string[]>)[field]?.[1];
  return holds === "json" ? { ...schema, contentMediaType: "application/json" } : schema;
}

function oneOf(values: Readonly<Record<string, string>>): Schema {
  return { enum: [...Object.values(values), null] };
}
