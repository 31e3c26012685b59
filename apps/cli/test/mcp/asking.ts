import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { DUOLOG, type TestHome } from "../duolog.ts";

/** An agent's side: the real server as a process, and the SDK's client. Dispose of it to end both. */
export interface Agent extends AsyncDisposable {
  client: Client;
  pid: number;
  /** Calls a tool and gives the structured answer. Throws an Error with the words of a refusal. */
  ask(tool: string, input?: Record<string, unknown>, meta?: Record<string, unknown>): Promise<Told>;
}

/** An answer of any tool. */
// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
export type Told = Record<string, any>;

/** How the server is started. */
export interface Start {
  cwd?: string;
  /** What the agent adds to the environment. */
  env?: Record<string, string>;
  args?: string[];
}

/** Starts `duolog mcp` as an agent does. */
export async function agentIn(
  home: TestHome,
  { cwd, env = {}, args = [] }: Start = {},
): Promise<Agent> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [DUOLOG, "mcp", ...args],
    env: { ...home.env, ...env },
    stderr: "inherit",
    ...(cwd === undefined ? {} : { cwd }),
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? -1,
    async ask(name, input = {}, meta = {}) {
      const result = await client.callTool({ name, arguments: input, _meta: meta });
      const [content] = result.content as { text: string }[];
      if (result.isError) throw new Error(content?.text);
      const told = result.structuredContent as Told;
      if (JSON.stringify(told) !== content?.text) throw new Error("the text is not the structure");
      return told;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** All items of a paged answer, and the bytes of each page. */
export async function allOf(
  agent: Agent,
  tool: string,
  key: string,
  input: Record<string, unknown> = {},
): Promise<{ items: Told[]; bytes: number[] }> {
  const items: Told[] = [];
  const bytes: number[] = [];
  for (let cursor: string | undefined; bytes.length < 200; ) {
    const told = await agent.ask(tool, cursor === undefined ? input : { ...input, cursor });
    items.push(...told[key]);
    bytes.push(Buffer.byteLength(JSON.stringify(told)));
    cursor = told.next;
    if (cursor === undefined) break;
  }
  return { items, bytes };
}
