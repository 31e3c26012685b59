import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { cleanEnv, TestDaemon } from "../harness/daemon.ts";

const plugin = new URL("../../apps/opencode-plugin/dist/plugin.js", import.meta.url).href;

/** Events of known types in shapes that no OpenCode has sent so far, and one good one. */
const EVENTS = [
  null,
  7,
  {},
  { type: "message.updated" },
  { type: "message.updated", properties: { info: "text" } },
  { type: "message.part.updated", properties: { part: { type: "text", text: { deep: true } } } },
  { type: "session.updated", properties: { info: { id: 5, time: "yesterday" } } },
  {
    id: "evt_1",
    type: "session.created",
    properties: { info: { id: "ses_good", title: "Good", time: { created: 1_769_760_000_000 } } },
  },
];

/** What OpenCode does with a plugin, less OpenCode. */
const HOST = `
  const { default: plugin } = await import(process.argv[1]);
  const hooks = await plugin({});
  for (const event of JSON.parse(process.argv[2])) await hooks.event({ event });
  await hooks.dispose();
  console.log("the host goes on");
`;

test("events of an unknown shape never reach the agent and are kept in rejected/, and status tells", async () => {
  await using daemon = await TestDaemon.start();
  const { root, rejected } = daemon.paths;
  const host = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", HOST, plugin, JSON.stringify(EVENTS)],
    { cwd: fileURLToPath(new URL("..", plugin)), env: cleanEnv(root), encoding: "utf8" },
  );
  expect(host).toMatchObject({ status: 0, stdout: "the host goes on\n", stderr: "" });
  const kept = readdirSync(rejected).map((name) =>
    JSON.parse(readFileSync(join(rejected, name), "utf8")),
  );
  expect(kept.map(({ client }) => client)).toEqual(kept.map(() => "opencode-plugin"));
  const reasons = kept.map(({ reason }) => String(reason));
  expect(reasons.filter((reason) => reason.startsWith("message.updated: ")).length).toBe(2);
  expect(reasons.some((reason) => reason.startsWith("message.part.updated: "))).toBe(true);
  expect(reasons.some((reason) => reason.startsWith("session.updated: "))).toBe(true);
  expect(duologJson(root, "status")).toMatchObject({ rejected: kept.length, sessions: 1 });
  expect(duolog(root, "status").stdout).toMatch(/Rejected +\d+ records? in /);
});
