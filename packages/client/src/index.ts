/**
 * The client that the plugins bundle. esbuild options for a bundle that runs in Node 20 and in
 * OpenCode's Bun from a single file:
 *
 *     { bundle: true, platform: "node", format: "esm", target: "node20",
 *       banner: { js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);" } }
 *
 * The banner is for `ws`, which is CommonJS and requires Node's own modules; `ws` is loaded on the
 * first connection in Node and never in Bun, so it stays bundled. `createRequire` goes under
 * another name because the bundled code may import it too.
 */
export { createRpcClient } from "./createRpcClient.ts";
export { RpcError } from "./transport/errors.ts";
export type {
  Ack,
  IngestAnswer,
  RpcClient,
  RpcClientOptions,
  RpcMaintainer,
  RpcReader,
} from "./types.ts";
