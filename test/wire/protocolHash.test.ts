import { createHash } from "node:crypto";
import { PROTOCOL_VERSION } from "@duolog/contract";
import {
  appRouter,
  eventUpsert,
  findInput,
  getSessionInput,
  ingestRecord,
  listRowsInput,
  listSessionsInput,
  messageUpsert,
  sessionUpsert,
  toolCallUpsert,
} from "@duolog/contract/server";
import { expect, test } from "vitest";
import { z } from "zod";

/** The hash that each protocol version stands for. */
const GOLDEN: Record<number, string> = {
  2: "b052fc95b535ecc28445a684c623a40b06cc2fcd2417706297f4e9bdf89786fd",
  3: "ff76b3dc287ddea1122d224b0da6c0a9a6083ce821ed820bc0b9638bed26826f",
};

/** Everything that a sender must know: the procedures and the shapes of their inputs. */
function wire(): string {
  const schemas = {
    sessionUpsert,
    messageUpsert,
    toolCallUpsert,
    eventUpsert,
    ingestRecord,
    getSessionInput,
    listSessionsInput,
    listRowsInput,
    findInput,
  };
  const shapes = Object.entries(schemas).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }),
  ]);
  const procedures = Object.keys(appRouter._def.procedures).sort();
  return JSON.stringify({ procedures, shapes });
}

test(`the wire's schemas are those of protocol version ${PROTOCOL_VERSION}`, () => {
  const hash = createHash("sha256").update(wire()).digest("hex");
  expect(
    hash,
    "The wire changed. Decide: where an older daemon or client would misread it, raise PROTOCOL_VERSION " +
      "(packages/contract/src/protocol.ts) and add a line here; where both read it well (a new optional " +
      "field), write the new hash beside the same version.",
  ).toBe(GOLDEN[PROTOCOL_VERSION]);
});
