import { CLIENT_NAMES } from "@duolog/contract";
import { expect, test } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

const message = (sessionId: string, more: object = {}) => ({
  id: "m",
  sessionId,
  role: "user",
  ...more,
});

test("M1, M7: a session known from its messages only is of their source, until it declares one", async () => {
  await using daemon = await TestDaemon.start();
  const named = testClient(daemon.paths.root, CLIENT_NAMES.opencode);
  const nameless = testClient(daemon.paths.root, "somebody-else");
  const sourceOf = (id: string) =>
    queryRows(
      daemon.paths.database,
      "SELECT source, source_inferred FROM sessions WHERE id = ?",
      id,
    )[0];

  await nameless.upsertMessage(message("unknown"));
  expect(sourceOf("unknown")).toEqual({ source: null, source_inferred: 0 });

  await nameless.upsertMessage(message("declared", { source: "claude-code" }));
  expect(sourceOf("declared")).toEqual({ source: "claude-code", source_inferred: 1 });

  await named.upsertMessage(message("inferred"));
  expect(sourceOf("inferred")).toEqual({ source: "opencode", source_inferred: 1 });

  await nameless.upsertSession({ id: "inferred", source: "claude-code" });
  expect(sourceOf("inferred")).toEqual({ source: "claude-code", source_inferred: 0 });

  await named.upsertMessage(message("inferred", { textContent: "more" }));
  expect(sourceOf("inferred")).toEqual({ source: "claude-code", source_inferred: 0 });
  await Promise.all([named.close(), nameless.close()]);
});
