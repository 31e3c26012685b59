// Prisma generator: writes the wire types from schema.prisma as plain TypeScript without imports.
// The published generators name an enum's values by their Prisma identifier (`claude_code`); the
// file and the wire hold the mapped one (`claude-code`), so this one writes the mapped values.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import helper from "@prisma/generator-helper";

/** TypeScript types of Prisma's scalars on the wire. Times are epoch ms; counts fit 2^53. */
const SCALARS = {
  String: "string",
  Boolean: "boolean",
  Int: "number",
  BigInt: "number",
  Float: "number",
  DateTime: "number",
  Bytes: "Uint8Array",
};

const doc = (text, indent = "") => (text ? `${indent}/** ${text.replaceAll("\n", " ")} */\n` : "");

function enumSource({ name, values, documentation }) {
  const entries = values
    .map((v) => `  ${v.name}: ${JSON.stringify(v.dbName ?? v.name)},\n`)
    .join("");
  return `${doc(documentation)}export const ${name} = {\n${entries}} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];\n`;
}

function fieldType(field) {
  const scalar = field.kind === "enum" ? field.type : SCALARS[field.type];
  if (!scalar) throw new Error(`no wire type for ${field.type}`);
  return field.isRequired ? scalar : `${scalar} | null`;
}

function modelSource({ name, fields, documentation }) {
  const columns = fields.filter((f) => f.kind !== "object");
  const members = columns
    .map((f) => `${doc(f.documentation, "  ")}  ${f.name}: ${fieldType(f)};\n`)
    .join("");
  const names = columns
    .map((f) => `  ${f.name}: ${JSON.stringify(f.dbName ?? f.name)},\n`)
    .join("");
  const types = columns
    .map((f) => `  ${f.name}: ${JSON.stringify(f.type + (f.isRequired ? "" : "?"))},\n`)
    .join("");
  return `${doc(documentation)}export interface ${name} {\n${members}}

/** Field to the column's type in schema.prisma. */
export const ${name}Types = {\n${types}} as const satisfies Record<keyof ${name}, string>;
export type ${name}Types = typeof ${name}Types;

/** Field to column. */
export const ${name}Columns = {\n${names}} as const satisfies Record<keyof ${name}, string>;
`;
}

/** Every model by its name, so that one that nobody thought of is a compile error. */
function modelsSource(models) {
  const members = models
    .map(({ name }) => `  ${name}: { row: ${name}; types: ${name}Types };\n`)
    .join("");
  return `/** Every model. */\nexport interface Models {\n${members}}\n`;
}

helper.generatorHandler({
  onManifest: () => ({ prettyName: "wire types", defaultOutput: "generated" }),
  onGenerate: async ({ dmmf, generator }) => {
    const { enums, models } = dmmf.datamodel;
    const parts = [...enums.map(enumSource), ...models.map(modelSource), modelsSource(models)];
    mkdirSync(generator.output.value, { recursive: true });
    writeFileSync(
      join(generator.output.value, "model.ts"),
      `// Generated from prisma/schema.prisma by \`npm run generate\`. Do not edit.\n\n${parts.join("\n")}`,
    );
  },
});
