import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { unknownTypes } from "../src/translate/index.ts";
import { createTypeWatch } from "../src/typeWatch.ts";

test("a type that is not known is told once, after the event", async () => {
  const told: string[][] = [];
  const watch = createTypeWatch(unknownTypes, (types) => told.push(types));
  for (const type of ["session.idle", "lsp.updated", "new.thing", "new.thing", "other.thing"]) {
    watch({ type });
  }
  for (const odd of [null, 7, {}, { type: 7 }]) watch(odd);
  expect(told).toEqual([]);
  await setImmediate();
  expect(told).toEqual([["new.thing", "other.thing"]]);
  watch({ type: "new.thing" });
  watch({ type: "third.thing" });
  await setImmediate();
  expect(told).toEqual([["new.thing", "other.thing"], ["third.thing"]]);
});

test("of a version that differs in every event some are told, and what can't be told is no fault", async () => {
  let told = 0;
  const watch = createTypeWatch(unknownTypes, (types) => {
    told += types.length;
    throw new Error("no disk");
  });
  for (let i = 0; i < 1_000; i++) watch({ type: `new.${i}` });
  await setImmediate();
  expect(told).toBe(50);
});

test.each<[string, unknown, string[]]>([
  ["a part that is known", { part: { type: "text" } }, []],
  ["a part of a new type", { part: { type: "hologram" } }, ["part/hologram"]],
  ["a part without a type", { part: {} }, []],
  ["a shape that is not known", null, []],
])("%s", (_what, properties, types) => {
  expect(unknownTypes({ type: "message.part.updated", properties })).toEqual(types);
});
