import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, readRuntime } from "@duolog/client/local";
import { expect, test, vi } from "vitest";
import { copyAs, DUOLOG, output, TestHome } from "./duolog.ts";

vi.setConfig({ testTimeout: 40_000 });

const T = 1_769_760_000_000;
const { version: VERSION } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

/** Two sessions of the two agents, through the socket. */
async function fill(home: TestHome): Promise<void> {
  const rpc = home.client();
  const acks = [
    await rpc.upsertSession({
      id: "ses_1",
      source: "opencode",
      title: "Fix the\u001b[31m login",
      projectPath: "/w/app",
      projectName: "app",
      cost: 0.5,
      createdAt: T,
      updatedAt: T,
    }),
    await rpc.upsertSession({ id: "s2", source: "claude-code", updatedAt: T + 60_000 }),
    await rpc.upsertMessage({
      id: "m1",
      sessionId: "ses_1",
      role: "user",
      textContent: "one\ntwo",
    }),
  ];
  await rpc.close();
  expect(acks).toEqual(acks.map(() => ({ status: "stored", changed: true })));
}

test("a data directory that can't be used is told in a line, without a stack", async () => {
  await using home = new TestHome();
  writeFileSync(home.paths.root, "a file");
  for (const command of ["serve", "start", "status", "sessions", "stop"]) {
    const { code, stderr } = await home.run([command]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^duolog: .*data.*\n$/)]);
  }
  rmSync(home.paths.root);
});

test("a reader that goes first, as in `duolog sessions | head`, is no failure", async () => {
  await using home = new TestHome();
  const child = home.spawn(["sessions", "--json"]);
  child.stdout?.destroy();
  let stderr = "";
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  expect(stderr).toBe("");
});

test.runIf(existsSync("/dev/full"))("output that no disk takes is told in words", async () => {
  await using home = new TestHome();
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, [DUOLOG, "sessions"], {
    env: home.env,
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^duolog: can't write the output: .*ENOSPC.*\n$/);
});

test("serve: says where the data is and how to add the plugins; Ctrl-C ends it cleanly", async () => {
  await using home = new TestHome();
  const child = home.spawn(["serve"]);
  const text = await output(child, /--plugin-dir/);
  expect(text).toContain(home.paths.database);
  expect(text).toContain("nothing yet");
  const apps = join(DUOLOG, "..", "..", "..");
  expect(text).toContain(`"plugin": ["${join(apps, "opencode-plugin")}"]`);
  // Quoted for the shell where the path needs it.
  const plugin = join(apps, "claude-code-plugin");
  for (const line of [
    `claude plugin marketplace add ${plugin}`,
    "claude plugin install duolog@duolog",
    `claude --plugin-dir ${plugin}`,
  ]) {
    expect(text.replaceAll("'", "")).toContain(line);
  }
  await fill(home);
  child.kill("SIGINT");
  expect((await once(child, "exit"))[0]).toBe(0);
  expect(home.log().map(({ msg }) => msg)).toEqual([
    "database migrated",
    "started",
    "stopping",
    "stopped",
  ]);
});

test("serve beside a running daemon says so, with what is recorded, and ends with 0", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  await fill(home);
  const { code, stdout, stderr } = await home.run(["serve"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`running already (process ${home.daemonPid})`);
  expect(stdout).toContain("2 sessions, 1 message\n");
});

test("what the daemon keeps is for its user alone", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const { root, database, token, runtime, socket } = home.paths;
  expect(statSync(root).mode & 0o777).toBe(0o700);
  for (const file of [database, `${database}-wal`, token, runtime, socket]) {
    expect(statSync(file).mode & 0o777, file).toBe(0o600);
  }
  expect(readRuntime(home.paths)).toEqual({
    node: process.execPath,
    daemon: DUOLOG,
    cli: DUOLOG,
    version: VERSION,
    socket,
  });
});

test("start, status, stop, each twice", async () => {
  await using home = new TestHome();
  expect(await home.json(["status"])).toMatchObject({ running: false, pid: null, sessions: null });
  expect((await home.run(["stop"])).stdout).toBe("no daemon is running\n");
  const { pid } = await home.json(["start"]);
  expect(await home.json(["start"])).toEqual({ started: false, version: VERSION, pid });
  await fill(home);
  expect(await home.json(["status"])).toMatchObject({
    running: true,
    version: VERSION,
    pid,
    sessions: 2,
    messages: 1,
    unattributed: 0,
    rejected: 0,
    backlog: { notes: 0, spooledBytes: 0 },
  });
  expect(await home.json(["stop"])).toEqual({ result: "stopped", pid });
  expect(isAlive(pid)).toBe(false);
  expect(await home.json(["status"])).toMatchObject({ running: false, sessions: 2, messages: 1 });
});

test("status tells of rows without a source, of rejected records and of a backlog", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client("somebody-else");
  await rpc.upsertSession({ id: "s" });
  rpc.reject({ strange: true }, "unknown shape");
  await rpc.close();
  mkdirSync(home.paths.inbox, { recursive: true });
  for (let n = 0; n < 25; n++) writeFileSync(join(home.paths.inbox, `1-${n}.json`), "{}");
  expect(await home.json(["status"])).toMatchObject({
    unattributed: 1,
    rejected: 1,
    backlog: { notes: 25 },
  });
  const { stdout } = await home.run(["status"]);
  expect(stdout).toMatch(/Unattributed +1 row without a source/);
  expect(stdout).toMatch(/Rejected +1 record/);
  expect(stdout).toMatch(/Waiting +25 notes of Claude Code wait/);
});

test("status tells what config.json says and is no setting", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const { config } = home.paths;
  writeFileSync(config, '{ /* mine */ "outputs": "all", "colour": 1 }', { mode: 0o600 });
  const { stdout } = await home.run(["status"]);
  expect(stdout).toMatch(/Settings +config.json: outputs: .*"full"/);
  expect(stdout).toMatch(/Settings +config.json: colour: no such setting/);
});

test("sessions and show start the daemon, and read as text and as JSON", async () => {
  await using home = new TestHome();
  expect(await home.run(["sessions"])).toEqual({
    code: 0,
    stdout: "no sessions yet\n",
    stderr: "",
  });
  await fill(home);
  const { stdout } = await home.run(["sessions"]);
  const [heading = "", first = "", second = ""] = stdout.split("\n");
  expect(heading).toMatch(/^UPDATED +SOURCE +MESSAGES +CALLS +PROJECT +TITLE +ID$/);
  expect(first).toMatch(/claude-code +0 +0 +- +- +s2$/);
  expect(second).toMatch(/opencode +1 +0 +app +Fix the \[31m login +ses_1$/);
  expect(first.indexOf("s2")).toBe(second.indexOf("ses_1"));
  const none = await home.run(["sessions", "--until", "yesterday", "--since", "today"]);
  expect(none).toEqual({ code: 0, stdout: "no such session\n", stderr: "" });
  const refused = await home.run(["sessions", "--since", "soon"]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("no time that is known");
  const listed = await home.json(["sessions", "--source", "opencode"]);
  expect(listed.map(({ id }: { id: string }) => id)).toEqual(["ses_1"]);
  expect(await home.json(["sessions", "-n", "1"])).toHaveLength(1);

  const shown = await home.run(["show", "ses_1"]);
  expect(shown.stdout).toMatch(/Cost +\$0\.5000/);
  expect(shown.stdout).toContain("── user\n  one\n  two\n");
  expect(await home.json(["show", "ses_1"])).toMatchObject({
    session: { id: "ses_1", cost: 0.5, messageCount: 1 },
    messages: [{ id: "m1", textContent: "one\ntwo" }],
  });
  const unknown = await home.run(["show", "nowhere"]);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/^duolog: there is no session nowhere/);
});

test("SIGTERM under load: what was acknowledged is stored, exit 0 within 2 s", async () => {
  await using home = new TestHome();
  const { pid } = await home.json(["start"]);
  const rpc = home.client();
  const acknowledged: string[] = [];
  let stopped = false;
  const produce = async (name: string) => {
    for (let n = 0; !stopped; n++) {
      const data = { id: `${name}-${n}`, sessionId: "s", textContent: "x".repeat(2_000) };
      const answer = await rpc.ingest([{ kind: "message", data }]);
      if (answer.status === "answered" && answer.results[0]?.ok) acknowledged.push(data.id);
    }
  };
  const producers = ["a", "b", "c"].map(produce);
  await sleep(300);
  const began = Date.now();
  process.kill(pid, "SIGTERM");
  while (isAlive(pid)) await sleep(10);
  expect(Date.now() - began).toBeLessThan(2_000);
  stopped = true;
  await Promise.all(producers);
  await rpc.close();
  expect(acknowledged.length).toBeGreaterThan(0);
  const { messages } = await home.json(["show", "s"]);
  const stored = new Set(messages.map(({ id }: { id: string }) => id));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
});

test("a daemon started in the background ends when nobody needs it", async () => {
  await using home = new TestHome({ DUOLOG_IDLE_MS: "400" });
  const { pid } = await home.json(["start"]);
  const rpc = home.client();
  expect(await rpc.health()).toMatchObject({ pid });
  await sleep(1_000);
  expect(isAlive(pid)).toBe(true);
  await rpc.close();
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  expect(home.log().find(({ msg }) => msg === "stopping")?.reason).toBe("idle");
});

test("of eight starts at one instant one daemon comes, and none fails", async () => {
  await using home = new TestHome();
  const starts = await Promise.all(Array.from({ length: 8 }, () => home.json(["start"])));
  expect(new Set(starts.map(({ pid }) => pid)).size).toBe(1);
  expect(home.log().filter(({ msg }) => msg === "started")).toHaveLength(1);
});

test("a kill leaves nothing in the way of the next start", async () => {
  await using home = new TestHome();
  const { pid } = await home.json(["start"]);
  await fill(home);
  process.kill(pid, "SIGKILL");
  const next = await home.json(["start"]);
  expect(next).toMatchObject({ started: true });
  expect(next.pid).not.toBe(pid);
  expect(await home.json(["status"])).toMatchObject({ sessions: 2 });
});

test("only a newer version replaces a running daemon, and an older one uses it", async () => {
  await using home = new TestHome();
  const newer = copyAs("99.0.0", home);
  const old = await home.json(["start"]);
  const replaced = await home.json(["start"], newer);
  expect(replaced).toMatchObject({ started: true, version: "99.0.0" });
  expect(isAlive(old.pid)).toBe(false);
  expect(await home.json(["start"])).toEqual({ ...replaced, started: false });
  const { stdout, code } = await home.run(["serve"]);
  expect(code).toBe(0);
  expect(stdout).toContain("duolog 99.0.0 is running already");
  expect(readRuntime(home.paths)).toMatchObject({ version: "99.0.0", daemon: newer });
});

test("serve of a newer version takes the place of an older daemon too", async () => {
  await using home = new TestHome();
  const { pid } = await home.json(["start"]);
  const child = home.spawn(["serve"], copyAs("99.0.0", home));
  await output(child, /duolog 99\.0\.0 is running\. Ctrl-C/);
  expect(isAlive(pid)).toBe(false);
});

test("a database that can't be used is told without a stack, and stays", async () => {
  await using home = new TestHome();
  mkdirSync(home.paths.root, { recursive: true, mode: 0o700 });
  writeFileSync(home.paths.database, "Dear diary");
  const { code, stderr } = await home.run(["serve"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^duolog: .*is no SQLite database, or a damaged one/);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(readFileSync(home.paths.database, "utf8")).toBe("Dear diary");
});

test("what is not built yet says what to do", async () => {
  await using home = new TestHome();
  const bin = copyAs("0.0.1", home);
  rmSync(join(bin, "..", "..", "dist"), { recursive: true });
  const { code, stderr } = await home.run(["status"], bin);
  expect(code).toBe(1);
  expect(stderr).toMatch(/not built yet: run `npm install && npm run build`/);
});
