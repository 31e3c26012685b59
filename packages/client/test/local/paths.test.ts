import { chmodSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { dataPaths, ensureDataDir, isPrivateDir, resolveDataDir } from "../../src/local/index.ts";
import { tempData } from "./tempData.ts";

describe("resolveDataDir", () => {
  test.each([
    [{ DUOLOG_DATA_DIR: "/d", XDG_DATA_HOME: "/x" }, "linux", "/d"],
    [{ XDG_DATA_HOME: "/x" }, "linux", "/x/duolog"],
    [{ HOME: "/h", XDG_DATA_HOME: "relative" }, "linux", "/h/.local/share/duolog"],
    [{ HOME: "/h" }, "linux", "/h/.local/share/duolog"],
    [{ HOME: "/h" }, "darwin", "/h/Library/Application Support/duolog"],
  ] as const)("%j on %s is %s", (env, platform, expected) => {
    expect(resolveDataDir(env, platform)).toBe(expected);
  });

  test.each([{}, { HOME: "" }, { HOME: "h" }])("with %j the system's word counts", (env) => {
    expect(resolveDataDir(env, "linux")).toBe(`${userInfo().homedir}/.local/share/duolog`);
  });
});

describe("socket path", () => {
  const atLimit = `/${"a".repeat(100 - "/".length - "/daemon.sock".length)}`;
  test.each([
    ["/data", "/data/daemon.sock"],
    [atLimit, `${atLimit}/daemon.sock`],
  ])("%s keeps it in the data directory", (root, socket) => {
    expect(dataPaths(root).socket).toBe(socket);
  });

  test.each([`${atLimit}a`, "/with space", "/with:colon", "/with?query", "/ünicode"])(
    "%s moves it to a directory of ours",
    (root) => {
      const { socket } = dataPaths(root);
      expect(socket).toMatch(/\/duolog-\d+-[0-9a-f]{12}\/daemon\.sock$/);
      expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    },
  );
});

describe("ensureDataDir", () => {
  test.each(["data", "with space"])("makes everything in %s for the user alone", (name) => {
    using data = tempData(name);
    ensureDataDir(data.paths);
    const { root, inbox, spool, rejected, backups, logs, socket } = data.paths;
    for (const directory of [root, inbox, spool, rejected, backups, logs, dirname(socket)]) {
      expect(statSync(directory).mode & 0o777, directory).toBe(0o700);
      expect(isPrivateDir(directory)).toBe(true);
    }
  });

  test("closes a directory that was open to others", () => {
    using data = tempData();
    mkdirSync(data.paths.root);
    chmodSync(data.paths.root, 0o755);
    expect(isPrivateDir(data.paths.root)).toBe(false);
    ensureDataDir(data.paths);
    expect(isPrivateDir(data.paths.root)).toBe(true);
  });

  test.each(["root", "spool"] as const)("refuses a symlink as %s", (part) => {
    using data = tempData();
    const target = join(dirname(data.paths.root), "target");
    mkdirSync(target, { mode: 0o700 });
    if (part === "spool") mkdirSync(data.paths.root);
    symlinkSync(target, data.paths[part]);
    expect(() => ensureDataDir(data.paths)).toThrow(/is a symlink/);
    expect(isPrivateDir(data.paths[part])).toBe(false);
  });
});
