import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { csvOf, objectOf, tableOf } from "../src/query/format.ts";
import { DUOLOG, TestHome } from "./duolog.ts";

test("CSV quotes what holds a comma, a quote or a line's end", () => {
  expect(
    csvOf([
      ["a", "b"],
      ["x,y", 'say "so"'],
      ["two\nlines", null],
      [1, 9007199254740993n],
    ]),
  ).toBe('a,b\r\n"x,y","say ""so"""\r\n"two\nlines",\r\n1,9007199254740993\r\n');
});

test("JSON keeps an integer that a number does not hold as text", () => {
  expect(objectOf(["a", "b"], [9007199254740993n, 1])).toEqual({ a: "9007199254740993", b: 1 });
});

test("a table keeps each value on its line, and from steering the terminal", () => {
  expect(
    tableOf(
      ["id", "text"],
      [
        ["m", "one\n\u001b[31mtwo"],
        [null, "x"],
      ],
    ),
  ).toBe("id    text\nm     one [31mtwo\nNULL  x\n");
});

const T = 1_769_760_000_000;

async function filled(): Promise<TestHome> {
  const home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client();
  await rpc.upsertSession({ id: "s", source: "opencode", title: "A title", createdAt: T });
  const output = "line\n".repeat(1_000);
  await rpc.upsertToolCall({ id: "c", sessionId: "s", name: "read", status: "success", output });
  await rpc.close();
  return home;
}

test("query reads the record as it is, without the daemon too", async () => {
  await using home = await filled();
  const select = "SELECT id, source, created_at FROM sessions";
  expect((await home.run(["query", select])).stdout).toBe(
    "id  source    created_at\ns   opencode  1769760000000\n",
  );
  expect(await home.json(["query", select])).toEqual([
    { id: "s", source: "opencode", created_at: T },
  ]);
  await home.run(["stop"]);
  expect((await home.run(["query", select, "--csv"])).stdout).toBe(
    "id,source,created_at\r\ns,opencode,1769760000000\r\n",
  );
  expect(await home.json(["query", "SELECT 1 WHERE 0"])).toEqual([]);
});

test("a text that lies deflated in blobs is told as text", async () => {
  await using home = await filled();
  const [row] = await home.json(["query", "SELECT deflated FROM blobs"]);
  expect(row.deflated).toBe("line\n".repeat(1_000));
});

test.each([
  ["DROP TABLE sessions", "only what reads is run"],
  ["INSERT INTO sessions(id) VALUES ('x') RETURNING id", "readonly"],
  ["DELETE FROM sessions RETURNING id", "readonly"],
  ["SELEC 1", "syntax error"],
  ["SELECT nope", "no such column"],
])("what does not read is refused: %s", async (sql, told) => {
  await using home = await filled();
  const { code, stderr } = await home.run(["query", sql]);
  expect(stderr).toContain(told);
  expect(code).toBe(1);
  expect(await home.json(["query", "SELECT COUNT(*) AS n FROM sessions"])).toEqual([{ n: 1 }]);
});

test("what takes too long is given up, and its process is gone", async () => {
  await using home = await filled();
  const endless =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c";
  const { code, stderr } = await home.run(["query", endless, "--timeout", "1"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "duolog: not done after 1 s: given up\n" });
  const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" });
  expect(stdout.split("\n").filter((line) => line.includes("queryChild"))).toEqual([]);
});

test("a reader that goes first ends it", async () => {
  await using home = await filled();
  const many =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000000) SELECT x FROM c";
  const command = `"${process.execPath}" "${DUOLOG}" query "${many}" --csv | head -n 2`;
  const { stdout, stderr } = spawnSync("sh", ["-c", command], { env: home.env, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "x\r\n1\r\n", stderr: "" });
});

test("where nothing is recorded it says so", async () => {
  await using home = new TestHome();
  const { code, stderr } = await home.run(["query", "SELECT 1"]);
  expect(stderr).toContain("nothing is recorded yet");
  expect(code).toBe(1);
});
