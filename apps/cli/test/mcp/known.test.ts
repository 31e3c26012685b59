import { expect, test, vi } from "vitest";
import { TestHome } from "../duolog.ts";
import { agentIn } from "./asking.ts";

vi.setConfig({ testTimeout: 60_000 });

test("what is answered at first is what the SDK's server says, of which a call makes one", async () => {
  await using home = new TestHome();
  await using agent = await agentIn(home);
  const told = async () => ({
    tools: (await agent.client.listTools()).tools,
    version: agent.client.getServerVersion(),
  });
  const first = await told();
  expect(first.tools).toHaveLength(5);
  await agent.ask("sessions");
  // The front is no more between them: this list comes from the SDK's server.
  expect(await told()).toEqual(first);
});
