import { createHash } from "node:crypto";
import { PROTOCOL_VERSION } from "@duolog/contract";
import {
  appRouter,
  blocksInput,
  catchUpInput,
  eventUpsert,
  fileCallsInput,
  findInput,
  findSessionInput,
  getSessionInput,
  ingestRecord,
  listFilesInput,
  listProjectsInput,
  listRowsInput,
  listSessionsInput,
  listToolsInput,
  messageUpsert,
  sessionTreeInput,
  sessionUpsert,
  toolCallUpsert,
  usageInput,
} from "@duolog/contract/server";
import { expect, test } from "vitest";
import { z } from "zod";

/** The hash that each protocol version stands for. */
const GOLDEN: Record<number, string> = {
  2: "b052fc95b535ecc28445a684c623a40b06cc2fcd2417706297f4e9bdf89786fd",
  3: "1f17052acfc0547176d43456e9f6daac72b1745694bad410ef2102d811a99cfd",
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
    findSessionInput,
    sessionTreeInput,
    listToolsInput,
    listProjectsInput,
    listFilesInput,
    fileCallsInput,
    usageInput,
    blocksInput,
    catchUpInput,
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
