import { rmSync } from "node:fs";
import Database from "libsql";
import { expect, test } from "vitest";
import { answerLine, appendLines, promptLine } from "./claudeHome.ts";
import { TestHome } from "./duolog.ts";

const lastLine = (text: string) => text.trim().split("\n").at(-1);

function change(home: TestHome, sql: string): void {
  const db = new Database(home.paths.database);
  db.exec(sql);
  db.close();
}

async function imported(): Promise<TestHome> {
  const home = new TestHome();
  appendLines(home, "a", [promptLine("a", 1), answerLine("a", 2)]);
  appendLines(home, "b", [promptLine("b", 3), answerLine("b", 4)]);
  await home.json(["import"]);
  return home;
}

test("a record as the agents tell it is complete", async () => {
  await using home = await imported();
  const { code, stdout, stderr } = await home.run(["verify"]);
  expect([code, stderr, lastLine(stdout)]).toEqual([0, "", "complete"]);
  expect(stdout).toContain("2 sessions compared");
  expect(await home.json(["verify"])).toMatchObject({ complete: true, repaired: null });
});

test("what was never imported is missing; --repair adds it", async () => {
  await using home = await imported();
  appendLines(home, "c", [promptLine("c", 5)]);
  const { code, stdout } = await home.run(["verify"]);
  expect([code, lastLine(stdout)]).toEqual([1, "1 session differs"]);
  expect(stdout).toMatch(/^c\n {2}missing: the session itself\n {2}missing: message /m);
  const repaired = await home.run(["verify", "--repair"]);
  expect([repaired.code, lastLine(repaired.stdout)]).toEqual([0, "complete"]);
  expect(repaired.stdout).toMatch(/^Set right: 2 rows added, 0 changed, 0 taken out$/m);
  expect(await home.json(["import"])).toMatchObject({ new: 0, changed: 0 });
});

test("what another program changed or took out is named and set right; what is only here stays", async () => {
  await using home = await imported();
  change(home, "UPDATE messages SET text_content = 'lies' WHERE id = 'msg_2'");
  change(home, "UPDATE sessions SET project_name = NULL WHERE id = 'b'");
  change(home, "DELETE FROM messages WHERE id = 'msg_4'");
  const rows = (await home.run(["verify"])).stdout;
  expect(rows).toMatch(/^a\n {2}different: message msg_2: text_content$/m);
  expect(rows).toMatch(
    /^b\n {2}missing: message msg_4\n {2}different: the session itself: project_name$/m,
  );
  expect(lastLine(rows)).toBe("2 sessions differ");
  rmSync(appendLines(home, "a", []));
  const { stdout } = await home.run(["verify", "--repair"]);
  expect(stdout).toContain("only here, gone at the agent: 1 session");
  expect(lastLine(stdout)).toBe("complete");
  const rpc = home.client();
  const { items } = await rpc.reader.message.list({ sessionId: "a" });
  await rpc.close();
  // Its agent has it no more, so nobody knows better.
  expect(items.map(({ textContent }) => textContent)).toEqual(["Prompt 1", "lies"]);
});
