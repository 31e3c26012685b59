import type { Refusal } from "@duolog/contract";
import { TRPCClientError } from "@trpc/client";
import { isObject } from "../local/files/isObject.ts";

/** WebSocket close code of a frame over the receiver's limit. */
const TOO_BIG = 1009;

/** A call's failure, told by the service or by the transport (then code UNAVAILABLE). */
export class RpcError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.name = "RpcError";
    this.refusal = refusal;
  }
}

/** A refusal that stands for "not now": the record stays with the sender. */
export function unavailable(message: string): Refusal {
  return refusal("UNAVAILABLE", message);
}

function refusal(code: Refusal["code"], message: string): Refusal {
  return { code, field: null, message };
}

/** Why a call failed. `transport`: no verdict was given, so whether it took effect is not known. */
export type Failure =
  | { by: "service"; refusal: Refusal }
  | { by: "transport"; message: string; tooBig: boolean };

/** `err.data` holds the server's verdict; without it the transport failed. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TRPCClientError && isObject(error.data)) {
    return { by: "service", refusal: refusalOf(error.data, error.message) };
  }
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return { by: "transport", message, tooBig: isObject(cause) && cause.code === TOO_BIG };
}

/** The failure as one to show, whoever gave it. */
export function refusalOfFailure(failure: Failure): Refusal {
  return failure.by === "service" ? failure.refusal : unavailable(failure.message);
}

function refusalOf(data: Record<string, unknown>, message: string): Refusal {
  if (isRefusal(data.refusal)) return data.refusal;
  // tRPC's own words for a procedure that an older daemon does not have.
  if (data.code === "NOT_FOUND") {
    return refusal("UPGRADE", `the daemon is older: upgrade it (${message})`);
  }
  return refusal("INTERNAL", message);
}

function isRefusal(value: unknown): value is Refusal {
  return isObject(value) && typeof value.code === "string" && typeof value.message === "string";
}
