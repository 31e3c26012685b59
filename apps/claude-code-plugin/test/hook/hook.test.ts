import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { resolveDataDir } from "@duolog/client/local";
import { describe, expect, test } from "vitest";
import {
  HOOK,
  home,
  notes,
  PAYLOAD,
  path,
  ROOT,
  type Run,
  run,
  silent,
  told,
  useHome,
} from "./hookRun.ts";

useHome();

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
    const script = readFileSync(ROOT, "utf8");
    expect(script).toContain("/System/Library/CoreServices/SystemVersion.plist");
    copyFileSync(HOOK, hook);
    writeFileSync(
      join(home, "root.sh"),
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
    copyFileSync(ROOT, join(home, "root.sh"));
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
    copyFileSync(ROOT, join(home, "root.sh"));
    chmodSync(home, 0o777);
    const nobody = { uid: 54_321, gid: 54_321, cwd: home };
    const env = { PATH: "/usr/bin:/bin" };
    const which = spawnSync("which", [shell], { encoding: "utf8" }).stdout.trim();
    const result = spawnSync(which, [hook], { ...nobody, env, input: "x", encoding: "utf8" });
    expect(told(result)).toEqual(silent);
    expect(readdirSync(home)).toEqual(["note.sh", "root.sh"]);
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
