import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createRpcClient, type RpcClient } from "@duolog/client";
import Database from "libsql";
import { expect, test } from "vitest";
import { TestHome } from "./duolog.ts";

async function record(rpc: RpcClient, sessions: string[]): Promise<void> {
  for (const id of sessions) await rpc.upsertSession({ id, source: "opencode" });
}

/** A home whose record holds these sessions. */
async function holding(...sessions: string[]): Promise<TestHome> {
  const home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client();
  await record(rpc, sessions);
  await rpc.close();
  return home;
}

async function sessionsOf(home: TestHome): Promise<string[]> {
  const rows: { id: string }[] = await home.json(["query", "SELECT id FROM sessions ORDER BY id"]);
  return rows.map(({ id }) => id);
}

const copyOf = (home: TestHome) => join(home.env.HOME as string, "copy.db");

test("backup copies the whole record beside the running daemon, for the user alone", async () => {
  await using home = await holding("a", "b");
  const file = copyOf(home);
  expect(await home.json(["backup", file])).toMatchObject({ file, sessions: 2, messages: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const copy = new Database(file, { readonly: true } as object);
  expect(copy.prepare("SELECT COUNT(*) AS n FROM sessions").get()).toMatchObject({ n: 2 });
  copy.close();
  expect(readdirSync(home.env.HOME as string).filter((name) => name.includes("partial"))).toEqual(
    [],
  );
});

test("backup leaves what is there", async () => {
  await using home = await holding("a");
  writeFileSync(copyOf(home), "mine");
  const { code, stderr } = await home.run(["backup", copyOf(home)]);
  expect(stderr).toContain("is there already");
  expect(code).toBe(1);
  expect(readFileSync(copyOf(home), "utf8")).toBe("mine");
});

test("restore puts it back, keeps what was there, and the daemon goes on", async () => {
  await using home = await holding("a");
  await home.run(["backup", copyOf(home)]);
  const rpc = home.client();
  await record(rpc, ["b"]);
  await rpc.close();
  const before = home.daemonPid;

  const { backup, aside, ...told } = await home.json(["restore", copyOf(home)]);
  expect(told).toEqual({ file: copyOf(home), sessions: 1, messages: 0 });
  expect(aside).toBeNull();
  await home.run(["start"]);
  expect(home.daemonPid).not.toBe(before);
  expect(await sessionsOf(home)).toEqual(["a"]);
  expect(existsSync(copyOf(home))).toBe(true);
  expect(statSync(home.paths.database).mode & 0o777).toBe(0o600);

  // The backup from before is itself one to restore.
  await home.json(["restore", backup]);
  expect(await sessionsOf(home)).toEqual(["a", "b"]);
  expect(readdirSync(home.paths.root).filter((name) => name.startsWith("import-"))).toEqual(
    ["import-state.json"].filter((name) => existsSync(join(home.paths.root, name))),
  );
});

test("what an agent sends while it is restored is in the record afterwards, or in what was there", async () => {
  await using home = await holding("a");
  await home.run(["backup", copyOf(home)]);
  const { root: dataDir } = home.paths;
  const options = { clientName: "opencode-plugin", clientVersion: "1", dataDir, env: home.env };
  const rpc = createRpcClient(options);
  const sent: string[] = [];
  let backup: string | null = null;
  const restoring = home.json(["restore", copyOf(home)]).then((restored) => {
    backup = restored.backup;
  });
  for (let more = 20; more > 0; more -= backup === null ? 0 : 1) {
    sent.push(`s${sent.length}`);
    rpc.record({ kind: "session", data: { id: sent.at(-1) as string, source: "opencode" } });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await restoring;
  expect(await rpc.flush(20_000)).toBe(true);
  await rpc.close();
  const after = await sessionsOf(home);
  const before = new Database(String(backup), { readonly: true } as object);
  const rows = before.prepare("SELECT id FROM sessions").all() as { id: string }[];
  before.close();
  expect(new Set([...after, ...rows.map(({ id }) => id)])).toEqual(new Set(["a", ...sent]));
  expect(after).toEqual(expect.arrayContaining(sent.slice(-20)));
});

test("restore without a daemon leaves none behind", async () => {
  await using home = await holding("a");
  await home.run(["backup", copyOf(home)]);
  await home.run(["stop"]);
  await home.json(["restore", copyOf(home)]);
  expect(await home.json(["status"])).toMatchObject({ running: false, sessions: 1 });
});

test("a damaged record is put aside, and what can be read of it comes back", async () => {
  await using home = await holding("a");
  await home.run(["backup", copyOf(home)]);
  const rpc = home.client();
  await record(rpc, ["b"]);
  await rpc.close();
  await home.run(["stop"]);
  truncateSync(home.paths.database, statSync(home.paths.database).size - 8_192);
  const { backup, aside } = await home.json(["restore", copyOf(home)]);
  expect(backup).toBeNull();
  expect(existsSync(aside)).toBe(true);
  expect(await sessionsOf(home)).toEqual(["a"]);
});

test.each<[string, (home: TestHome) => string, string]>([
  ["no file", () => "/nowhere/copy.db", "is no file"],
  ["the record itself", ({ paths }) => paths.database, "is the record itself"],
  [
    "something else",
    (home) => {
      writeFileSync(copyOf(home), "some text that is no database");
      return copyOf(home);
    },
    "is no SQLite database",
  ],
  [
    "another program's database",
    (home) => {
      const db = new Database(copyOf(home));
      db.exec("CREATE TABLE songs (id)");
      db.close();
      return copyOf(home);
    },
    "",
  ],
  [
    "an empty database",
    (home) => {
      const db = new Database(copyOf(home));
      db.exec("PRAGMA user_version = 1");
      db.close();
      return copyOf(home);
    },
    "holds no session",
  ],
])("%s is not restored, and nothing changes", async (_name, make, told) => {
  await using home = await holding("a");
  const before = home.daemonPid;
  const { code, stderr } = await home.run(["restore", make(home)]);
  expect(stderr).toContain(told);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(1);
  expect(home.daemonPid).toBe(before);
  expect(await sessionsOf(home)).toEqual(["a"]);
});
