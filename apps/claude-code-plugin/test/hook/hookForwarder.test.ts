import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTicks } from "@duolog/client/local";
import { describe, expect, test } from "vitest";
import {
  home,
  isLinux,
  notes,
  PAYLOAD,
  path,
  run,
  silent,
  text,
  told,
  useHome,
} from "./hookRun.ts";

useHome();

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
