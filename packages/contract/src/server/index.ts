export * from "./ports.ts";
export * from "./questions.ts";
export { type AppRouter, appRouter } from "./router.ts";
export * from "./schemas.ts";
export type { FindQuery, Found, Hit, IndexState } from "./search.ts";
export { ServiceError, toTransportError } from "./serviceError.ts";
