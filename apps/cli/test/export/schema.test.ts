import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test, vi } from "vitest";
import { exportSchema } from "../../src/export/json/schema.ts";
import { homeWith } from "./record.ts";

vi.setConfig({ testTimeout: 60_000 });

const PUBLISHED = fileURLToPath(new URL("../../../../lode/export.schema.json", import.meta.url));

test("the published schema is that of what is written (`vitest -u` publishes it)", async () => {
  await expect(`${JSON.stringify(exportSchema(), null, 2)}\n`).toMatchFileSnapshot(PUBLISHED);
});

/** The published one lets fields be added; here each must be told. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.entries(schema).map(([name, part]) => [name, strict(part)]);
  const closed = "properties" in schema ? { additionalProperties: false } : {};
  return { ...Object.fromEntries(parts), ...closed };
}

function validator(part: string) {
  const ajv = new Ajv2020({ allowUnionTypes: true, strict: true, allErrors: true });
  ajv.addSchema(strict(exportSchema()) as object, "duolog");
  return (value: unknown) => {
    ajv.validate(`duolog${part}`, value);
    return ajv.errors;
  };
}

const RECORD = [
  {
    id: "ses_one",
    title: "One",
    messages: [
      { id: "u", role: "user", textContent: "Go", promptTokens: 3, cost: 0.25 },
      { id: "a", role: "assistant", textContent: "Gone", reasoningText: "Hm", isSidechain: false },
    ],
    calls: [
      {
        id: "c",
        messageId: "a",
        name: "task",
        kind: "task",
        status: "success",
        input: '{"a":1}',
        output: "long ".repeat(2_000),
        childSessionId: "ses_two",
      },
    ],
    events: [{ id: "e", kind: "retry", text: "Again", data: '{"attempt":1}' }],
  },
  { id: "ses_two", parentId: "ses_one", messages: [{ id: "x", role: "assistant" }] },
];

test("what is written as JSON and NDJSON holds to the published schema, field by field", async () => {
  await using home = await homeWith(...RECORD);
  const { stdout } = await home.run(["export", "ses_one", "--json"]);
  const document = JSON.parse(stdout);
  expect(validator("")(document)).toBeNull();
  expect(document).toMatchObject({
    format: "duolog-session",
    version: 1,
    session: { id: "ses_one", title: "One", messageCount: 2 },
    messages: [
      { id: "u", cost: 0.25 },
      { id: "a", reasoningText: "Hm" },
    ],
    toolCalls: [{ id: "c", output: "long ".repeat(2_000) }],
    events: [{ id: "e", data: '{"attempt":1}' }],
    children: [{ session: { id: "ses_two" }, messages: [{ id: "x" }], children: [] }],
  });
  const lines = (await home.run(["export", "--all", "--format", "ndjson"])).stdout.trim();
  const rows = lines.split("\n").map((line) => JSON.parse(line));
  expect(rows.map(({ kind, data }) => `${kind} ${data.id}`)).toEqual([
    "session ses_one",
    "message u",
    "message a",
    "toolCall c",
    "event e",
    "session ses_two",
    "message x",
  ]);
  for (const row of rows) expect(validator("#/$defs/line")(row)).toBeNull();
  expect(validator("")({ ...document, messages: [{ id: 1 }] })).not.toBeNull();
});
