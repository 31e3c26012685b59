import { fileURLToPath } from "node:url";
import { ensureDataDir, readRuntime, startDaemon, writeRuntime } from "@duolog/client/local";
import { expect, test } from "vitest";
import { DUOLOG, TestHome } from "./duolog.ts";

/** Where the command was in version 0.1.0. */
const FORMER = fileURLToPath(new URL("../../daemon/bin/duolog.js", import.meta.url));

test("a plugin starts an upgraded checkout by the runtime.json of 0.1.0, which then names the new place", async () => {
  await using home = new TestHome();
  const { paths, env } = home;
  ensureDataDir(paths);
  const { socket } = paths;
  writeRuntime(paths, { node: process.execPath, daemon: FORMER, version: "0.1.0", socket });
  expect(startDaemon(paths, env)).toBe("started");
  await expect.poll(() => readRuntime(paths)?.daemon, { timeout: 20_000 }).toBe(DUOLOG);
});
