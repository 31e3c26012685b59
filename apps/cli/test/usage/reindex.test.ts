import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { TestHome } from "../duolog.ts";

test("reindex begins the totals anew too", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client();
  const answer = { source: "opencode", role: "assistant", createdAt: Date.now() } as const;
  await rpc.upsertMessage({ ...answer, id: "m", sessionId: "s", promptTokens: 7 });
  await rpc.close();
  const input = async () => (await home.json(["usage", "daily"])).totals.inputTokens;
  expect(await input()).toBe(7);

  const totals = new Database(join(home.paths.root, "usage.db"), { timeout: 5_000 });
  totals.exec("UPDATE used SET input = 1000");
  totals.close();
  expect(await input()).toBe(1_000);
  await home.json(["reindex"]);
  expect(await input()).toBe(7);
});
