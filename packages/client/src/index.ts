export { createRpcClient } from "./createRpcClient.ts";
export { RpcError } from "./transport/errors.ts";
export type { Ack, IngestAnswer, RpcClient, RpcClientOptions, RpcReader } from "./types.ts";
