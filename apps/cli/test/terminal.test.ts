import { expect, test, vi } from "vitest";
import { TestHome } from "./duolog.ts";

vi.setConfig({ testTimeout: 40_000 });

/** Sets a window's title, deletes, begins a sequence in one byte, and turns the text around. */
const STEERING = "\u001b]0;x\u0007\u007f\u009b31m\u061c\u200f\u202e\u2066\u2028";
/** All but line breaks and tabs. */
const CONTROLS = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

async function fill(home: TestHome): Promise<void> {
  await home.run(["start"]);
  const rpc = home.client();
  const text = `before${STEERING}after`;
  const attachments = JSON.stringify([{ name: text, type: text }]);
  const data = JSON.stringify({ what: text });
  const n = { id: "n", sessionId: "s", error: text, reasoningText: text, model: text };
  const acks = [
    await rpc.upsertSession({ id: "s", title: text, projectName: text }),
    await rpc.upsertMessage({
      id: "m",
      sessionId: "s",
      role: text,
      textContent: text,
      error: text,
      attachments,
    }),
    await rpc.upsertMessage({ ...n, agentId: text, agent: text }),
    await rpc.upsertToolCall({ id: "c", sessionId: "s", messageId: "m", ...callOf(text) }),
    await rpc.upsertEvent({ id: "e", sessionId: "s", kind: text, text: `other ${text}`, data }),
    await rpc.upsertEvent({ id: "f", sessionId: "s", kind: "injected", text: `i ${text}`, data }),
  ];
  await rpc.close();
  expect(acks).toEqual(acks.map(() => ({ status: "stored", changed: true })));
}

/** A call of which everything that is shown is this text. */
function callOf(text: string) {
  return {
    name: text,
    kind: text,
    status: text,
    input: JSON.stringify({ [text]: `${text}\n${text}` }),
    output: text,
    error: `error ${text}`,
    childAgentId: `other ${text}`,
  };
}

test("what a record says steers no terminal, as text and as JSON", async () => {
  await using home = new TestHome();
  await fill(home);
  for (const args of [
    ["sessions"],
    ["show", "s"],
    ["show", "s", "--tools", "--reasoning"],
    ["export", "s"],
    ["handoff", "s", "--to", "opencode"],
  ]) {
    for (const more of [[], ["--json"]]) {
      const { code, stdout } = await home.run([...args, ...more]);
      expect(code).toBe(0);
      expect(stdout).toContain("before");
      expect(stdout).not.toMatch(CONTROLS);
    }
  }
  const { messages } = await home.json(["show", "s"]);
  expect(messages[0].textContent).toBe(`before${STEERING}after`);
  expect((await home.run(["show", "s", "--json"])).stdout).not.toMatch(
    /[\u061c\u200e\u200f\u2028]/,
  );
});
