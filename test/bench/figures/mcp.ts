import { spawn } from "node:child_process";
import { once } from "node:events";
import { DUOLOG } from "../../harness/daemon.ts";
import { makeBed } from "../bed.ts";
import { type Effort, type Figure, timesFloor } from "../figure.ts";
import { interleave, programTime } from "../measure.ts";

/** What an agent says first (MCP, revision 2025-11-25). */
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  },
};

/** From the start of `duolog mcp` to its first answer, ms. It is told at once, and ends with its input. */
async function initializeTime(env: Record<string, string>): Promise<number> {
  const began = performance.now();
  const server = spawn(process.execPath, [DUOLOG, "mcp"], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  server.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  const [answer] = await once(server.stdout, "data");
  const time = performance.now() - began;
  if (!String(answer).includes('"serverInfo"')) throw new Error(`no answer: ${answer}`);
  server.stdin.end();
  await once(server, "exit");
  return time;
}

/** How soon an agent has duolog's tools. */
export const mcp: Figure = {
  name: "mcp",
  async run({ rounds }: Effort) {
    await using bed = await makeBed();
    const { env } = bed;
    const { sides, ratio } = await interleave(
      rounds * 3,
      () => initializeTime(env),
      () => programTime(process.execPath, ["-e", "0"], { env }),
    );
    return [timesFloor("`duolog mcp` to `initialize`, against `node -e 0`", sides, ratio, 3)];
  },
};
