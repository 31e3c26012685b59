import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveDataDir, startTicks } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const HOOK = fileURLToPath(new URL("../hooks/note.sh", import.meta.url));
const isLinux = process.platform === "linux";
const PAYLOAD = '{"session_id":"s","prompt":"a \\\\ \\n \u00e9 $(x) `y`"}';

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "duolog hook "));
});
afterEach(() => {
  spawnSync("chmod", ["-R", "u+rwx", home]);
  rmSync(home, { recursive: true });
});

/** A directory with the programs that a hook needs, and what is given of node. */
function path(node: string | null): string {
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of ["sh", "cat", "mv", "rm", "mkdir", "id", "sed", "env", "setsid", "sleep"]) {
    if (!existsSync(join(bin, name)))
      symlinkSync(spawnSync("which", [name], { encoding: "utf8" }).stdout.trim(), join(bin, name));
  }
  if (node !== null) writeFileSync(join(bin, "node"), node, { mode: 0o755 });
  return bin;
}

interface Run {
  env?: Record<string, string>;
  node?: string | null;
  input?: string;
  hook?: string;
}

/** Runs the hook in an environment of its own; `node` is a script in node's place. */
function run(shell: string, { env = {}, node = null, input = PAYLOAD, hook = HOOK }: Run = {}) {
  const own = { HOME: home, PATH: path(node), ...env };
  const which = spawnSync("which", [shell], { encoding: "utf8" }).stdout.trim();
  return spawnSync(which, [hook], { env: own, input, encoding: "utf8", timeout: 10_000 });
}

const silent = { status: 0, signal: null, stdout: "", stderr: "" };
const told = ({ status, signal, stdout, stderr }: SpawnSyncReturns<string>) => ({
  status,
  signal,
  stdout,
  stderr,
});

function notes(data: string): string[] {
  const inbox = join(data, "inbox");
  return existsSync(inbox)
    ? readdirSync(inbox).map((name) => readFileSync(join(inbox, name), "utf8"))
    : [];
}

const canLimit = process.getuid?.() === 0 && spawnSync("prlimit", ["--version"]).status === 0;
test.runIf(canLimit)("where no process can be made dash exits 0: 2 would block the prompt", () => {
  const hook = join(home, "note.sh");
  copyFileSync(HOOK, hook);
  chmodSync(home, 0o777);
  const dash = spawnSync("which", ["dash"], { encoding: "utf8" }).stdout.trim();
  const env = { HOME: home, PATH: "/usr/bin:/bin" };
  const args = ["--nproc=1:1", dash, hook];
  const nobody = { uid: 54_321, gid: 54_321, env, input: "{}", encoding: "utf8" } as const;
  expect(told(spawnSync("prlimit", args, nobody))).toEqual(silent);
});

/** Waits until a detached child has written the file. */
async function text(file: string): Promise<string> {
  for (let i = 0; i < 100 && !existsSync(file); i++)
    await new Promise((done) => setTimeout(done, 50));
  return readFileSync(file, "utf8");
}

describe.each(["dash", "bash"])("the hook in %s says nothing, exits 0", (shell) => {
  test("and leaves its payload as it is, for the user alone", () => {
    const data = join(home, ".local/share/duolog");
    expect(told(run(shell))).toEqual(silent);
    expect(notes(data)).toEqual([PAYLOAD]);
    const [name = ""] = readdirSync(join(data, "inbox"));
    expect(name).toMatch(/^\d+-0\.json$/);
    const modes = [data, join(data, "inbox"), join(data, "inbox", name)].map(
      (file) => statSync(file).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["DUOLOG_DATA_DIR", { DUOLOG_DATA_DIR: "/data here", XDG_DATA_HOME: "/xdg" }, "/data here"],
    ["XDG_DATA_HOME", { XDG_DATA_HOME: "/xdg" }, "/xdg/duolog"],
    ["HOME, as XDG_DATA_HOME is relative", { XDG_DATA_HOME: "xdg" }, "/.local/share/duolog"],
    ["a path with dots and slashes", { DUOLOG_DATA_DIR: "//./link/.././a..b/../d//" }, "/d"],
  ])("and finds the data directory by %s", (_by, env, data) => {
    const absolute = Object.entries(env).map(([name, value]) => [
      name,
      value.startsWith("/") ? home + value : value,
    ]);
    mkdirSync(join(home, "elsewhere/deep"), { recursive: true });
    symlinkSync("elsewhere/deep", join(home, "link"));
    expect(told(run(shell, { env: Object.fromEntries(absolute) }))).toEqual(silent);
    expect(notes(home + data)).toEqual([PAYLOAD]);
    expect(resolveDataDir({ HOME: home, ...Object.fromEntries(absolute) }, "linux")).toBe(
      home + data,
    );
  });

  test("and a relative data directory below a symlink, as Node does", () => {
    mkdirSync(join(home, "a/b"), { recursive: true });
    mkdirSync(join(home, "x"));
    symlinkSync("../a/b", join(home, "x/link"));
    const which = spawnSync("which", [shell], { encoding: "utf8" }).stdout.trim();
    const env = {
      HOME: home,
      PATH: path(null),
      DUOLOG_DATA_DIR: "../d",
      PWD: join(home, "x/link"),
    };
    spawnSync(which, [HOOK], { env, cwd: env.PWD, input: PAYLOAD });
    expect(notes(join(home, "a/d"))).toEqual([PAYLOAD]);
  });

  test("also where a shell is told to mind unset variables", () => {
    expect(told(run(shell, { env: { SHELLOPTS: "nounset" } }))).toEqual(silent);
    expect(notes(join(home, ".local/share/duolog"))).toEqual([PAYLOAD]);
  });

  test("and finds macOS's place for data", () => {
    const mark = join(home, "SystemVersion.plist");
    const hook = join(home, "note.sh");
    writeFileSync(mark, "");
    const script = readFileSync(HOOK, "utf8");
    expect(script).toContain("/System/Library/CoreServices/SystemVersion.plist");
    writeFileSync(
      hook,
      script.replace("/System/Library/CoreServices/SystemVersion.plist", `"${mark}"`),
    );
    expect(told(run(shell, { hook }))).toEqual(silent);
    expect(notes(join(home, "Library/Application Support/duolog"))).toEqual([PAYLOAD]);
  });

  test.each<[string, Run, () => void]>([
    ["the data directory can't be made", { env: { DUOLOG_DATA_DIR: "/proc/none" } }, () => {}],
    [
      "the data directory is a file",
      {},
      () => {
        mkdirSync(join(home, ".local/share"), { recursive: true });
        writeFileSync(join(home, ".local/share/duolog"), "");
      },
    ],
    ["node is too old", { node: "#!/bin/sh\necho v18.20.0\n" }, () => {}],
    ["node breaks", { node: "#!/bin/sh\nexit 7\n" }, () => {}],
    ["there is no input", { input: "" }, () => {}],
  ])("also where %s", (_where, options, prepare) => {
    prepare();
    expect(told(run(shell, options))).toEqual(silent);
  });

  test("also where the disk is full: no half of a note stays", () => {
    mkdirSync(join(home, "bin"));
    // What cat says where the disk is full.
    writeFileSync(join(home, "bin", "cat"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    expect(told(run(shell))).toEqual(silent);
    expect(readdirSync(join(home, ".local/share/duolog/inbox"))).toEqual([]);
  });

  test.each([{}, { HOME: "" }, { HOME: "h" }])("also with HOME %j: it is the system's", (env) => {
    const script = readFileSync(HOOK, "utf8");
    const hook = join(home, "note.sh");
    // Ends where the directory is known: the user's own must not be touched here.
    const [head] = script.split("inbox=$root/inbox");
    writeFileSync(hook, `${head}\nprintf %s "$root" >"$OUT"\n`);
    const out = join(home, "out");
    const result = spawnSync(shell, [hook], {
      env: { PATH: "/usr/bin:/bin", OUT: out, ...env },
      input: "",
    });
    expect(result.status).toBe(0);
    expect(readFileSync(out, "utf8")).toMatch(/^\/.+\/\.local\/share\/duolog$/);
  });

  test.runIf(process.getuid?.() === 0)("and leaves nothing of a user without a home", () => {
    const hook = join(home, "note.sh");
    copyFileSync(HOOK, hook);
    chmodSync(home, 0o777);
    const nobody = { uid: 54_321, gid: 54_321, cwd: home };
    const env = { PATH: "/usr/bin:/bin" };
    const which = spawnSync("which", [shell], { encoding: "utf8" }).stdout.trim();
    const result = spawnSync(which, [hook], { ...nobody, env, input: "x", encoding: "utf8" });
    expect(told(result)).toEqual(silent);
    expect(readdirSync(home)).toEqual(["note.sh"]);
  });

  test("and leaves nothing in a directory that a symlink put there", () => {
    mkdirSync(join(home, "elsewhere"));
    symlinkSync(join(home, "elsewhere"), join(home, "data"));
    for (const data of ["data", "data/", "data//"]) {
      expect(told(run(shell, { env: { DUOLOG_DATA_DIR: `${home}/${data}` } }))).toEqual(silent);
      expect(readdirSync(join(home, "elsewhere"))).toEqual([]);
    }
  });

  test("and leaves nothing in a directory that only an inbox leads to", () => {
    mkdirSync(join(home, "elsewhere"));
    mkdirSync(join(home, "data"), { mode: 0o700 });
    symlinkSync(join(home, "elsewhere"), join(home, "data", "inbox"));
    expect(told(run(shell, { env: { DUOLOG_DATA_DIR: join(home, "data") } }))).toEqual(silent);
    expect(readdirSync(join(home, "elsewhere"))).toEqual([]);
  });

  test("and makes nothing where a symlink leads to nothing", () => {
    symlinkSync(join(home, "elsewhere"), join(home, "data"));
    expect(told(run(shell, { env: { DUOLOG_DATA_DIR: join(home, "data") } }))).toEqual(silent);
    expect(existsSync(join(home, "elsewhere"))).toBe(false);
  });

  test("and takes 8 MB", () => {
    const input = JSON.stringify({ prompt: "x".repeat(8 * 1024 * 1024) });
    expect(told(run(shell, { input }))).toEqual(silent);
    expect(notes(join(home, ".local/share/duolog"))).toEqual([input]);
  });

  test("and leaves no note from within what a hook started", () => {
    expect(told(run(shell, { env: { DUOLOG_NO_HOOKS: "1" } }))).toEqual(silent);
    expect(notes(join(home, ".local/share/duolog"))).toEqual([]);
  });

  test("fifty at once leave fifty notes", async () => {
    const data = join(home, "data");
    const env = { HOME: home, PATH: path(null), DUOLOG_DATA_DIR: data };
    const ends = Array.from({ length: 50 }, async (_, i) => {
      const child = spawn(`/bin/${shell}`, [HOOK], { env, stdio: ["pipe", "ignore", "ignore"] });
      child.stdin.end(String(i));
      return (await once(child, "exit"))[0];
    });
    expect(await Promise.all(ends)).toEqual(Array(50).fill(0));
    expect(
      notes(data)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe.each(["dash", "bash"])("the hook in %s waits for nothing that is no file", (shell) => {
  const data = () => join(home, "data");
  const env = () => ({ DUOLOG_DATA_DIR: data(), CLAUDE_CONFIG_DIR: join(home, "claude") });

  test.each(["claude-dirs", "forwarder.pid"])("a FIFO in the place of %s", (name) => {
    mkdirSync(data(), { mode: 0o700 });
    execFileSync("mkfifo", [join(data(), name)]);
    expect(told(run(shell, { env: env() }))).toEqual(silent);
    expect(notes(data())).toEqual([PAYLOAD]);
    expect(statSync(join(data(), name)).isFIFO()).toBe(true);
  });

  test("a FIFO where its note would be", () => {
    mkdirSync(join(data(), "inbox"), { recursive: true, mode: 0o700 });
    // exec keeps the id by which the note is named.
    const script = `PATH=/usr/bin:/bin mkfifo "$0/.$$-0" "$0/$$-1.json"; exec /bin/${shell} "${HOOK}"`;
    const result = spawnSync("/bin/sh", ["-c", script, join(data(), "inbox")], {
      env: { HOME: home, PATH: path(null), ...env() },
      input: PAYLOAD,
      encoding: "utf8",
      timeout: 10_000,
    });
    expect(told(result)).toEqual(silent);
    const written = readdirSync(join(data(), "inbox"), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name.replace(/^\d+/, "pid"));
    expect(written).toEqual(["pid-2.json"]);
  });
});

describe.each(["dash", "bash"])("the hook in %s writes through no symlink", (shell) => {
  const data = () => join(home, "data");
  const env = () => ({ DUOLOG_DATA_DIR: data(), CLAUDE_CONFIG_DIR: join(home, "claude") });
  const victim = () => join(home, "victim");

  test.each([
    ["appends nothing to", "theirs\n"],
    ["empties nothing of", "/nowhere\n".repeat(200)],
  ])("%s what is behind claude-dirs", (_what, content) => {
    mkdirSync(data(), { mode: 0o700 });
    writeFileSync(victim(), content);
    symlinkSync(victim(), join(data(), "claude-dirs"));
    expect(told(run(shell, { env: env() }))).toEqual(silent);
    expect(readFileSync(victim(), "utf8")).toBe(content);
    expect(notes(data())).toEqual([PAYLOAD]);
  });

  test("makes nothing where claude-dirs leads to nothing", () => {
    mkdirSync(data(), { mode: 0o700 });
    symlinkSync(victim(), join(data(), "claude-dirs"));
    expect(told(run(shell, { env: env() }))).toEqual(silent);
    expect(existsSync(victim())).toBe(false);
    expect(notes(data())).toEqual([PAYLOAD]);
  });

  test("makes nothing where its note's name leads to nothing", () => {
    const inbox = join(data(), "inbox");
    mkdirSync(inbox, { recursive: true, mode: 0o700 });
    // exec keeps the id by which the note is named.
    const script = `for n in .$$-0 $$-1.json; do PATH=/usr/bin:/bin ln -s "${victim()}" "$0/$n"; done; exec /bin/${shell} "${HOOK}"`;
    const result = spawnSync("/bin/sh", ["-c", script, inbox], {
      env: { HOME: home, PATH: path(null), ...env() },
      input: PAYLOAD,
      encoding: "utf8",
      timeout: 10_000,
    });
    expect(told(result)).toEqual(silent);
    expect(existsSync(victim())).toBe(false);
    const written = readdirSync(inbox, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name.replace(/^\d+/, "pid"));
    expect(written).toEqual(["pid-2.json"]);
  });

  test.runIf(process.getuid?.() === 0)("takes no list of another user's for its own", () => {
    mkdirSync(data(), { mode: 0o700 });
    writeFileSync(join(data(), "claude-dirs"), "theirs\n");
    chownSync(join(data(), "claude-dirs"), 65_534, 65_534);
    expect(told(run(shell, { env: env() }))).toEqual(silent);
    expect(readFileSync(join(data(), "claude-dirs"), "utf8")).toBe("theirs\n");
  });
});

describe("the hook sees that a forwarder lives", () => {
  /** A node that tells how it was started. */
  const NODE =
    '#!/bin/sh\n[ "$1" = --version ] && { echo v20.19.0; exit; }\n{ env; pwd; echo "$@"; } >"$DUOLOG_DATA_DIR/ran.tmp"\nmv "$DUOLOG_DATA_DIR/ran.tmp" "$DUOLOG_DATA_DIR/ran"\n';
  const data = () => join(home, "data");
  const env = () => ({
    DUOLOG_DATA_DIR: data(),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    LANG: "C.UTF-8",
    ANTHROPIC_API_KEY: "sk-secret",
    CLAUDE_CODE_MESSAGING_TOKEN: "secret",
  });

  test("starts one with a chosen environment, in the data directory", async () => {
    run("dash", { env: env(), node: NODE });
    const ran = await text(join(data(), "ran"));
    expect(ran).not.toContain("secret");
    expect(ran.trim().split("\n")).toEqual(
      expect.arrayContaining([
        `HOME=${home}`,
        `DUOLOG_DATA_DIR=${data()}`,
        `CLAUDE_CONFIG_DIR=${join(home, "claude")}`,
        data(),
        expect.stringMatching(/dist\/forwarder\.js$/),
      ]),
    );
  });

  test("by the node of runtime.json, whatever PATH says", async () => {
    mkdirSync(data(), { mode: 0o700 });
    const node = join(home, "our node");
    writeFileSync(node, NODE, { mode: 0o755 });
    writeFileSync(join(data(), "runtime.json"), JSON.stringify({ node, daemon: "/d" }, null, 2));
    run("dash", { env: env(), node: "#!/bin/sh\nexit 1\n" });
    expect(await text(join(data(), "ran"))).toContain("forwarder.js");
  });

  test("by the node of PATH, where runtime.json is a FIFO", async () => {
    mkdirSync(data(), { mode: 0o700 });
    execFileSync("mkfifo", [join(data(), "runtime.json")]);
    run("dash", { env: env(), node: NODE });
    expect(await text(join(data(), "ran"))).toContain("forwarder.js");
  });

  test("notes Claude Code's directory once", () => {
    run("dash", { env: env() });
    run("dash", { env: { ...env(), CLAUDE_CONFIG_DIR: join(home, "other one") } });
    run("dash", { env: env() });
    expect(readFileSync(join(data(), "claude-dirs"), "utf8")).toBe(
      `${join(home, "claude")}\n${join(home, "other one")}\n`,
    );
  });

  test.each(["dash", "bash"])(
    "ends a last line that a kill or an editor left open (%s)",
    (shell) => {
      mkdirSync(data(), { mode: 0o700 });
      const dirs = join(data(), "claude-dirs");
      writeFileSync(dirs, "/nowhere");
      run(shell, { env: env() });
      run(shell, { env: env() });
      expect(readFileSync(dirs, "utf8")).toBe(`/nowhere\n${join(home, "claude")}\n`);
      writeFileSync(dirs, join(home, "claude"));
      run(shell, { env: env() });
      expect(readFileSync(dirs, "utf8")).toBe(join(home, "claude"));
    },
  );

  test("begins a list of directories anew that is longer than any", () => {
    mkdirSync(data(), { mode: 0o700 });
    writeFileSync(join(data(), "claude-dirs"), "/nowhere\n".repeat(100_000));
    const began = performance.now();
    run("dash", { env: env() });
    expect(performance.now() - began).toBeLessThan(500);
    expect(readFileSync(join(data(), "claude-dirs"), "utf8")).toBe(`${join(home, "claude")}\n`);
  });

  test("notes the directory before the note that needs it", () => {
    const bin = path(null);
    rmSync(join(bin, "mv"));
    const script =
      '#!/bin/sh\ncat "$DUOLOG_DATA_DIR/claude-dirs" >"$HOME/known"\nexec /bin/mv "$@"\n';
    writeFileSync(join(bin, "mv"), script, { mode: 0o755 });
    run("dash", { env: env() });
    expect(readFileSync(join(home, "known"), "utf8")).toBe(`${join(home, "claude")}\n`);
    expect(notes(data())).toEqual([PAYLOAD]);
  });

  test.each<[string, () => string, boolean]>([
    ["lives", () => `${process.pid}\n${startTicks(process.pid) ?? ""}\n`, false],
    ["lives and can't say since when", () => `${process.pid}\n\n`, isLinux],
    ["left a living process's id and no more", () => `${process.pid}\n`, isLinux],
    ["left the sign of a group of processes", () => "-1\n", true],
    ["left the number of its own group", () => "0\n", true],
    ["is dead", () => "4194305\n1\n", true],
    ["left its id to another", () => `${process.pid}\n1\n`, isLinux],
    ["left garbage", () => "garbage\n", true],
  ])("where it %s", async (_what, content, starts) => {
    mkdirSync(data(), { mode: 0o700 });
    writeFileSync(join(data(), "forwarder.pid"), content());
    run("dash", { env: env(), node: NODE });
    if (starts) expect(await text(join(data(), "ran"))).toContain("forwarder.js");
    else {
      await new Promise((done) => setTimeout(done, 300));
      expect(existsSync(join(data(), "ran"))).toBe(false);
    }
  });

  test.runIf(isLinux)(
    "where it was killed and its parent never asked what became of it",
    async () => {
      const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 20"]);
      const [pid] = String((await once(parent.stdout, "data"))[0]).split("\n");
      const ticks = startTicks(Number(pid));
      expect(ticks).not.toBeNull();
      mkdirSync(data(), { mode: 0o700 });
      writeFileSync(join(data(), "forwarder.pid"), `${pid}\n${ticks}\n`);
      const status = () => readFileSync(`/proc/${pid}/status`, "utf8");
      await expect.poll(status).toMatch(/State:\s+Z/);
      run("dash", { env: env(), node: NODE });
      expect(await text(join(data(), "ran"))).toContain("forwarder.js");
      parent.kill();
    },
  );

  test("a data directory that can't be written costs nothing but the note", () => {
    mkdirSync(join(data(), "inbox"), { recursive: true, mode: 0o700 });
    chmodSync(join(data(), "inbox"), 0o500);
    chmodSync(data(), 0o500);
    expect(told(run("dash", { env: env() }))).toEqual(silent);
  });
});
