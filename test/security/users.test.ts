import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRpcClient } from "@duolog/client";
import {
  dataPaths,
  ensureDataDir,
  ensureToken,
  readToken,
  writeRuntime,
} from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { duolog } from "../faults/duolog.ts";
import { cleanEnv, DUOLOG, TestDaemon, testClient } from "../harness/daemon.ts";
import { everything } from "./agents.ts";

vi.setConfig({ testTimeout: 30_000 });

const HOOK = fileURLToPath(new URL("../../apps/claude-code-plugin/hooks/note.sh", import.meta.url));
const isRoot = process.getuid?.() === 0;
/** `nobody` by its usual number; where there is no such user the number does as well. */
const NOBODY = 65_534;

let home: string;
let dataDir: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "duolog-users-"));
  // Others may look into the home itself, as on many a system.
  chmodSync(home, 0o755);
  dataDir = join(home, "data");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A directory with all programs of the system's but one. */
function pathWithout(program: string): string {
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of ["sh", "cat", "mv", "rm", "mkdir", "id", "sed", "env", "setsid"]) {
    if (name !== program) symlinkSync(join("/usr/bin", name), join(bin, name));
  }
  return bin;
}

/** Runs a command as another user; root's rights and groups are gone. */
function asNobody(command: string, ...args: string[]) {
  const run = spawnSync(
    "setpriv",
    [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", command, ...args],
    {
      encoding: "utf8",
      cwd: "/",
      timeout: 10_000,
    },
  );
  return { code: run.status, said: `${run.stdout}${run.stderr}` };
}

test.runIf(isRoot && asNobody("cat", DUOLOG).code === 0)(
  "a user without a home is told what to set, and leaves nothing behind",
  () => {
    chmodSync(home, 0o777);
    const nobody = { uid: 54_321, gid: 54_321, cwd: home, encoding: "utf8" } as const;
    const said = spawnSync(process.execPath, [DUOLOG, "start"], { ...nobody, env: {} });
    expect(said).toMatchObject({
      status: 1,
      stdout: "",
      stderr: "duolog: no home directory is known: set HOME or DUOLOG_DATA_DIR\n",
    });
    expect(readdirSync(home)).toEqual([]);
  },
);

test.each(["0177", "0777"])("under a umask of %s the daemon starts all the same", async (umask) => {
  const env = cleanEnv(dataDir, { HOME: home });
  const duologAs = (command: string) =>
    spawnSync("sh", ["-c", `umask ${umask} && exec "$0" "$@"`, process.execPath, DUOLOG, command], {
      env,
      encoding: "utf8",
    });
  expect(duologAs("start")).toMatchObject({ status: 0, stderr: "" });
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(duologAs("stop")).toMatchObject({ status: 0, stderr: "" });
});

test("whatever the umask, all that is written is for its user alone", async () => {
  const child = spawn(
    "sh",
    ["-c", 'umask 000 && exec "$0" "$@"', process.execPath, DUOLOG, "serve", "--detached"],
    {
      env: cleanEnv(dataDir),
      stdio: "ignore",
    },
  );
  const rpc = testClient(dataDir, "test", true);
  await expect.poll(() => rpc.health(), { timeout: 10_000 }).not.toBeNull();
  expect((await rpc.upsertMessage({ id: "m", sessionId: "s", textContent: "secret" })).status).toBe(
    "stored",
  );
  expect((await rpc.upsertMessage({ id: "", sessionId: "s" })).status).toBe("refused");
  rpc.record({ kind: "message", data: { id: "m2", sessionId: "s" } });
  const open = everything(dataDir).filter((file) => (lstatSync(file).mode & 0o077) !== 0);
  await rpc.close();
  expect(open).toEqual([]);
  expect(statSync(join(dataDir, "token")).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  const ended = once(child, "exit");
  child.kill();
  await ended;
});

test("a copy of the database that a person put there is closed at the start", async () => {
  const { database } = dataPaths(dataDir);
  await (await TestDaemon.start(dataDir)).stop();
  chmodSync(database, 0o644);
  await using _daemon = await TestDaemon.start(dataDir);
  expect(statSync(database).mode & 0o777).toBe(0o600);
});

describe.runIf(isRoot)("another user", () => {
  test("can neither list, read, reach the socket nor write", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    const { token, database, socket, root } = daemon.paths;
    for (const file of [token, database, daemon.paths.runtime]) {
      const { code, said } = asNobody("cat", file);
      expect(code).not.toBe(0);
      expect(said).toMatch(/Permission denied/);
    }
    expect(asNobody("ls", root).said).toMatch(/Permission denied/);
    const connect = `require("net").connect(${JSON.stringify(socket)}).on("error", (e) => { console.log(e.code); })`;
    expect(asNobody(process.execPath, "-e", connect).said.trim()).toBe("EACCES");
    for (const file of [
      socket,
      join(root, "spool", "1-1-1.jsonl"),
      join(root, "inbox", "1-1.json"),
      join(root, "x"),
    ]) {
      expect(asNobody("touch", file).code).not.toBe(0);
      expect(asNobody("ln", "-s", "/etc/passwd", `${file}2`).code).not.toBe(0);
    }
    // Where the directory were open by mistake, the socket and the token are still closed.
    chmodSync(root, 0o755);
    expect(asNobody(process.execPath, "-e", connect).said.trim()).toBe("EACCES");
    expect(asNobody("cat", token).code).not.toBe(0);
  });

  test("who planted the data directory, or something in it, is refused by name", async () => {
    for (const name of ["", "spool", "inbox"]) {
      rmSync(dataDir, { recursive: true, force: true });
      mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
      chownSync(join(dataDir, name), NOBODY, NOBODY);
      const said = await duolog(dataDir, "serve");
      expect(said.code).toBe(1);
      expect(said.stderr).toMatch(/belongs to another user/);
      expect(said.stderr.trim().split("\n")).toHaveLength(1);
    }
  });

  test("whose directory is in the data directory's place finds nothing of ours in it", () => {
    mkdirSync(dataDir);
    chownSync(dataDir, NOBODY, NOBODY);
    const env = cleanEnv(dataDir, { PATH: pathWithout("node"), CLAUDE_CONFIG_DIR: home });
    expect(spawnSync("/bin/sh", [HOOK], { env, input: "{}" }).status).toBe(0);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("who put something in a directory that was open to them is refused by name, and runs nothing", async () => {
    const ran = join(home, "ran");
    writeFileSync(ran, "");
    chmodSync(ran, 0o666);
    const theirs = join(home, "theirs.sh");
    writeFileSync(theirs, `#!/bin/sh\necho ran >>${ran}\nexit 1\n`, { mode: 0o755 });
    const paths = dataPaths(dataDir);
    const plant = () => {
      mkdirSync(dataDir, { recursive: true });
      chmodSync(dataDir, 0o777);
      const told = { node: theirs, daemon: theirs, version: "9.9.9", socket: paths.socket };
      const write = `require("fs").writeFileSync(${JSON.stringify(paths.runtime)}, ${JSON.stringify(JSON.stringify(told, null, 2))})`;
      expect(asNobody(process.execPath, "-e", write).code).toBe(0);
    };
    plant();
    expect(await duolog(dataDir, "serve")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/runtime\.json belongs to another user/),
    });
    const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir, env: {} });
    expect((await rpc.upsertMessage({ id: "m", sessionId: "s" })).status).not.toBe("stored");
    await rpc.close();
    // Once it is closed nobody can tell how it was.
    chmodSync(dataDir, 0o700);
    const later = createRpcClient({ clientName: "test", clientVersion: "0", dataDir, env: {} });
    expect((await later.upsertMessage({ id: "m", sessionId: "s" })).status).not.toBe("stored");
    await later.close();
    rmSync(dataDir, { recursive: true });
    plant();
    // Without node: it would be the second choice, and wait for hooks.
    const env = { HOME: home, PATH: pathWithout("node"), DUOLOG_DATA_DIR: dataDir };
    const hook = spawnSync("/bin/sh", [HOOK], { env, input: "{}" });
    expect(hook.status).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(readFileSync(ran, "utf8")).toBe("");
  });

  test("who listens in a directory that is theirs is not handed the token", async () => {
    const paths = dataPaths(dataDir);
    ensureDataDir(paths);
    const token = ensureToken(paths);
    const theirs = join(home, "theirs");
    mkdirSync(theirs, { mode: 0o777 });
    chmodSync(theirs, 0o777);
    const heard: string[] = [];
    const server = createServer((stream) => {
      stream.on("error", () => {});
      stream.on("data", (data) => heard.push(String(data)));
    });
    const socket = join(theirs, "daemon.sock");
    server.listen(socket);
    await once(server, "listening");
    const runtime = { node: process.execPath, daemon: DUOLOG, version: "0.1.0", socket };
    for (const mode of [0o777, 0o755, 0o710]) {
      chmodSync(theirs, mode);
      writeRuntime(paths, runtime);
      const rpc = testClient(dataDir, "test", true);
      expect((await rpc.upsertMessage({ id: "m", sessionId: "s" })).status).toBe("spooled");
      await rpc.close();
    }
    chmodSync(theirs, 0o700);
    chownSync(theirs, NOBODY, NOBODY);
    const rpc = testClient(dataDir);
    expect(await rpc.health()).toBeNull();
    await rpc.close();
    server.close();
    expect(heard.join("")).not.toContain(token);
    expect(heard).toEqual([]);
  });

  test("sees no token, text or environment in the list of processes", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    const rpc = testClient(dataDir);
    await rpc.upsertMessage({ id: "m", sessionId: "s", textContent: "CANARY-TEXT-1" });
    await rpc.close();
    const { said } = asNobody("ps", "-ewwo", "pid,args");
    expect(said).toContain(String(daemon.process.pid));
    expect(said).not.toContain("CANARY-TEXT-1");
    expect(said).not.toContain(readToken(daemon.paths) ?? "no token");
    expect(asNobody("cat", `/proc/${daemon.process.pid}/environ`).said).toMatch(
      /Permission denied/,
    );
  });
});

describe("symlinks are refused", () => {
  test("for the data directory and those in it", async () => {
    const target = join(home, "target");
    mkdirSync(target, { mode: 0o700 });
    symlinkSync(target, dataDir);
    expect(await duolog(dataDir, "serve")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is a symlink: name its target instead"),
    });
    expect(readdirSync(target)).toEqual([]);
    rmSync(dataDir);
    for (const name of ["spool", "inbox", "rejected", "logs", "backups"]) {
      mkdirSync(dataDir, { mode: 0o700 });
      symlinkSync(target, join(dataDir, name));
      expect((await duolog(dataDir, "serve")).stderr).toContain("is a symlink");
      rmSync(dataDir, { recursive: true });
    }
    expect(readdirSync(target)).toEqual([]);
  });

  test.each(["token", "daemon.sock", "runtime.json"])("for %s", async (name) => {
    const target = join(home, "target");
    writeFileSync(target, `${"ab".repeat(32)}\n`, { mode: 0o600 });
    mkdirSync(dataDir, { mode: 0o700 });
    symlinkSync(target, join(dataDir, name));
    if (name === "runtime.json") {
      // Replaced, never followed.
      await using _daemon = await TestDaemon.start(dataDir);
      expect(lstatSync(join(dataDir, name)).isFile()).toBe(true);
    } else {
      const said = await duolog(dataDir, "serve");
      expect(said.code).toBe(1);
      expect(said.stderr).toMatch(name === "token" ? /symlink|symbolic|ELOOP/ : /is no socket/);
      expect(said.stderr.trim().split("\n")).toHaveLength(1);
    }
    expect(readFileSync(target, "utf8")).toBe(`${"ab".repeat(32)}\n`);
  });

  test("for claude-dirs: Claude's hook writes through none", () => {
    const target = join(home, "target");
    writeFileSync(target, "theirs\n");
    mkdirSync(dataDir, { mode: 0o700 });
    symlinkSync(target, join(dataDir, "claude-dirs"));
    const env = cleanEnv(dataDir, { PATH: pathWithout("node"), CLAUDE_CONFIG_DIR: home });
    expect(spawnSync("/bin/sh", [HOOK], { env, input: "{}" }).status).toBe(0);
    expect(readFileSync(target, "utf8")).toBe("theirs\n");
    expect(readdirSync(join(dataDir, "inbox"))).toHaveLength(1);
  });

  test("for the token, by the client too", async () => {
    const paths = dataPaths(dataDir);
    ensureDataDir(paths);
    writeFileSync(join(home, "theirs"), `${"ab".repeat(32)}\n`);
    symlinkSync(join(home, "theirs"), paths.token);
    expect(readToken(paths)).toBeNull();
  });
});

test("the token is made once, whole, by O_EXCL: a planted file is never written to", async () => {
  const paths = dataPaths(dataDir);
  ensureDataDir(paths);
  writeFileSync(paths.token, "", { mode: 0o644 });
  const said = await duolog(dataDir, "serve");
  expect(said).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("holds no token: delete it"),
  });
  expect(readFileSync(paths.token, "utf8")).toBe("");
  rmSync(paths.token);
  const script = `import(${JSON.stringify(new URL("../../packages/client/dist/local/index.js", import.meta.url).href)})
    .then(({ dataPaths, ensureToken }) => console.log(ensureToken(dataPaths(${JSON.stringify(dataDir)}))))`;
  const tokens = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const child = spawn(process.execPath, ["-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.on("data", (data) => {
        said += data;
      });
      await once(child, "close");
      return said.trim();
    }),
  );
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(paths.token).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test.runIf(isRoot)(
  "a data directory with a space has its socket in a closed directory of ours",
  async () => {
    const spaced = join(home, "Application Support");
    const paths = dataPaths(spaced);
    expect(paths.socket.startsWith(spaced)).toBe(false);
    const planted = join(paths.socket, "..");
    mkdirSync(planted, { mode: 0o777 });
    chownSync(planted, NOBODY, NOBODY);
    try {
      expect((await duolog(spaced, "serve")).stderr).toMatch(/belongs to another user/);
      execFileSync("rm", ["-rf", planted]);
      await using daemon = await TestDaemon.start(spaced);
      expect(statSync(planted).mode & 0o777).toBe(0o700);
      expect(statSync(daemon.paths.socket).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(planted, { recursive: true, force: true });
    }
  },
);
