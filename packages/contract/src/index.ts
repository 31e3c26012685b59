export * from "./columns.ts";
export * from "./entities/index.ts";
export * from "./errors.ts";
export {
  type Message,
  MessageColumns,
  type MessageTypes,
  type Session,
  SessionColumns,
  type SessionEvent,
  SessionStatus,
  type SessionTypes,
  Source,
  TitleKind,
  type ToolCall,
} from "./generated/model.ts";
export * from "./history.ts";
export * from "./limits.ts";
export * from "./protocol.ts";
export * from "./questions.ts";
export * from "./search.ts";
export * from "./text.ts";
export * from "./usage.ts";
