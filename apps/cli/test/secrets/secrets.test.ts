import { expect, test, vi } from "vitest";
import { when } from "../../src/output/text.ts";
import { TestHome } from "../duolog.ts";
import { SAMPLES } from "./samples.ts";

vi.setConfig({ testTimeout: 60_000 });

const T = 1_769_760_000_000;
const sample = (kind: string) => SAMPLES.find((one) => one.kind === kind)!;
const TOKEN = sample("github-token");
const KEY = sample("private-key");

/** A session with secrets in its title, a message and a long output, and one without any. */
async function fill(home: TestHome): Promise<void> {
  await home.run(["start"]);
  const rpc = home.client("duolog-test");
  const at = { createdAt: T, updatedAt: T, source: "opencode" } as const;
  await rpc.upsertSession({ id: "s1", title: `use ${TOKEN.secret}`, ...at });
  await rpc.upsertSession({ id: "s2", title: "nothing", ...at });
  await rpc.upsertMessage({
    id: "m1",
    sessionId: "s1",
    role: "user",
    textContent: `${TOKEN.text}\n${TOKEN.text}\n${KEY.text}`,
    ...at,
    createdAt: T + 60_000,
  });
  const output = `${"a line of a log\n".repeat(10_000)}${TOKEN.text}`;
  await rpc.upsertToolCall({ id: "c1", sessionId: "s1", name: "bash", output, ...at });
  await rpc.upsertMessage({ id: "m2", sessionId: "s2", role: "user", textContent: "hi", ...at });
  await rpc.close();
}

test("`secrets` tells kind and place of each, never the secret", async () => {
  await using home = new TestHome();
  await fill(home);
  const place = { sessionId: "s1", at: T, count: 1 };
  const message = { entity: "message", id: "m1", field: "textContent", at: T + 60_000 };
  expect(await home.json(["secrets"])).toEqual({
    found: [
      { kind: "github-token", ...place, entity: "session", id: "s1", field: "title" },
      { kind: "github-token", ...place, ...message, count: 2 },
      { kind: "private-key", ...place, ...message },
      { kind: "github-token", ...place, entity: "toolCall", id: "c1", field: "output" },
    ],
    unscanned: [],
  });
  const { code, stdout, stderr } = await home.run(["secrets"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    [
      `github-token  ${when(T)}  session s1  title`,
      `github-token (2)  ${when(T + 60_000)}  session s1 message m1  textContent`,
      `private-key  ${when(T + 60_000)}  session s1 message m1  textContent`,
      `github-token  ${when(T)}  session s1 tool call c1  output`,
      "",
      "4 github-token, 1 private-key",
      "",
    ].join("\n"),
  );
});

test("`secrets` of a record without any", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  expect((await home.run(["secrets"])).stdout).toBe("no secrets found\n");
  expect(await home.json(["secrets"])).toEqual({ found: [], unscanned: [] });
});
