import { execFileSync, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HOOK, home, notes, PAYLOAD, path, run, silent, told, useHome } from "./hookRun.ts";

useHome();

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
