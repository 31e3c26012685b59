import { TRPCError } from "@trpc/server";
import type { ErrorCode, Refusal } from "../index.ts";

const TRANSPORT_CODES = {
  INVALID: "BAD_REQUEST",
  CONFLICT: "CONFLICT",
  NOT_FOUND: "NOT_FOUND",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  UPGRADE: "PRECONDITION_FAILED",
  INTERNAL: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<ErrorCode, TRPCError["code"]>;

/** A refusal as an exception. Its message may be shown to the caller. */
export class ServiceError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.name = "ServiceError";
    this.refusal = refusal;
  }
}

/** The error as tRPC sends it; the refusal, as its cause, goes with it. */
export function toTransportError(error: ServiceError): TRPCError {
  return new TRPCError({
    code: TRANSPORT_CODES[error.refusal.code],
    message: error.message,
    cause: error,
  });
}
