import fc from "fast-check";
import { expect, test } from "vitest";
import { fileName } from "../../src/export/fileName.ts";

test.each([
  ["ses_7aB", "ses_7aB.md"],
  ["0b5e3f1a-0000-4000-8000-00000000000c", "0b5e3f1a-0000-4000-8000-00000000000c.md"],
])("an id that is a name stays as it is: %s", (id, name) => {
  expect(fileName(id, "md")).toBe(name);
});

test.each([
  ["../../etc/passwd", /^______etc_passwd-[0-9a-f]{12}\.md$/],
  ["a/b", /^a_b-[0-9a-f]{12}\.md$/],
  [".", /^_-[0-9a-f]{12}\.md$/],
  ["-rf", /^_rf-[0-9a-f]{12}\.md$/],
  ["a\u0000\n\u202eé", /^a____-[0-9a-f]{12}\.md$/],
  ["x".repeat(512), /^x{120}-[0-9a-f]{12}\.md$/],
])("all else is replaced: %j", (id, name) => {
  expect(fileName(id, "md")).toMatch(name);
});

test("no id leads out of the directory, and no two have one name", () => {
  const ids = fc.uniqueArray(
    fc.oneof(fc.string({ minLength: 1, unit: "binary" }), fc.constantFrom("a/b", "a.b", "a_b")),
    {
      minLength: 2,
    },
  );
  fc.assert(
    fc.property(ids, (all) => {
      const names = all.map((id) => fileName(id, "json"));
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,132}\.json$/);
      expect(new Set(names).size).toBe(all.length);
    }),
  );
});
