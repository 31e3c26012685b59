import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { temporary } from "./files.ts";
import { killGroup, prisma, ROOT, run } from "./prisma.ts";

/** Prisma's tools on the file of a daemon that is running and goes on writing. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let daemon: TestDaemon;
let rpc: ReturnType<typeof testClient>;

beforeAll(async () => {
  daemon = await TestDaemon.start();
  rpc = testClient(daemon.paths.root, "opencode-plugin");
});

afterAll(async () => {
  await rpc.close();
  await daemon[Symbol.asyncDispose]();
});

const SESSION = { id: "ses_live", title: "A title to find", createdAt: 1_769_760_000_000 };

const storeMessage = (id: string, textContent: string) =>
  rpc.upsertMessage({ id, sessionId: SESSION.id, role: "user", textContent });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** `npm run studio`'s script; resolves with the address that it prints. */
async function startStudio(port: number): Promise<{ studio: ChildProcess; url: string }> {
  const studio = spawn(process.execPath, ["prisma/studio.mjs", "--port", String(port)], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DUOLOG_DATA_DIR: daemon.paths.root },
  });
  for await (const line of createInterface({ input: studio.stdout })) {
    const url = /running at:\s*(http:\S+)/.exec(line)?.[1];
    if (url) return { studio, url };
  }
  throw new Error("Studio printed no address");
}

// Wide, because the table renders the columns in view only.
const CHROMIUM = [
  ...[
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
  ],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--window-size=8000,1200", "--virtual-time-budget=15000", "--dump-dom"],
];

/** The cells of a table as Chromium shows Studio's page, its scripts run. */
async function cells(url: string, table: string): Promise<string[]> {
  using profile = temporary();
  const address = `${url}/#table=${table}&schema=main&view=table`;
  const options = [`--user-data-dir=${profile.path}`, address];
  // Chromium keeps files beside its profile too.
  const env = { ...process.env, HOME: profile.path, XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" };
  const { output } = await run([...CHROMIUM, ...options], { env });
  return output.split(/<[^>]*>/).filter((text) => text.trim() !== "");
}

/** Whether something listens on that port of one of the machine's outward addresses. */
async function reachableFromOutside(port: number): Promise<boolean> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outward = addresses.filter(({ internal, family }) => !internal && family === "IPv4");
  const tries = outward.map(
    ({ address }) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ port, host: address, timeout: 2000 });
        const end = (answer: boolean) => {
          socket.destroy();
          resolve(answer);
        };
        socket.on("connect", () => end(true)).on("error", () => end(false));
        socket.on("timeout", () => end(false));
      }),
  );
  return (await Promise.all(tries)).includes(true);
}

const PATIENTLY = { timeout: 45_000, interval: 100 };

const hasChromium = spawnSync("chromium", ["--version"]).status === 0;
if (!hasChromium) console.warn("No `chromium` on the PATH: Studio's page is not looked at.");

test.runIf(hasChromium)(
  "Studio shows the rows of a live file, while the daemon goes on writing",
  async () => {
    expect(await rpc.upsertSession(SESSION)).toEqual({ status: "stored", changed: true });
    const port = await freePort();
    const { studio, url } = await startStudio(port);
    try {
      expect(url).toBe(`http://localhost:${port}`);
      expect(await reachableFromOutside(port)).toBe(false);
      const stored = await storeMessage("msg_open", "Written while Studio was open");
      expect(stored).toEqual({ status: "stored", changed: true });
      // On a busy machine the time that Chromium allows the page may be over before its rows came.
      await expect.poll(() => cells(url, "sessions"), PATIENTLY).toContain(SESSION.title);
      await expect
        .poll(() => cells(url, "messages"), PATIENTLY)
        .toContain("Written while Studio was open");

      const ended = once(studio, "exit");
      studio.kill("SIGTERM");
      await ended;
      const after = await storeMessage("msg_closed", "Written after Studio");
      expect(after).toEqual({ status: "stored", changed: true });
    } finally {
      if (studio.exitCode === null && studio.signalCode === null) killGroup(studio);
    }
  },
);

test("migrate status, deploy and diff find nothing to do on a live file", async () => {
  const { database } = daemon.paths;
  const toSchema = "--to-schema prisma/schema.prisma --exit-code";
  for (const [args, text] of [
    ["migrate status", "Database schema is up to date!"],
    ["migrate deploy", "No pending migrations to apply."],
    [`migrate diff --from-config-datasource ${toSchema}`, "No difference detected."],
  ] as const) {
    expect(await prisma(database, args)).toMatchObject({
      code: 0,
      output: expect.stringContaining(text),
    });
    const stored = await storeMessage(`msg ${args}`, `Written after ${args}`);
    expect(stored).toEqual({ status: "stored", changed: true });
  }
});

test("Studio says what is missing where there is no database", async () => {
  using directory = temporary();
  const env = { ...process.env, DUOLOG_DATA_DIR: join(directory.path, "none") };
  const { code, output } = await run([process.execPath, "prisma/studio.mjs"], { cwd: ROOT, env });
  expect(output).toMatch(/none\/duolog\.db` does not exist/);
  expect(code).toBe(1);
});
