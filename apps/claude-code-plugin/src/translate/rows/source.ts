import { Source } from "@duolog/contract";

/** What the wire calls this agent; the annotation makes another value of the enum a compile error. */
export const SOURCE: "claude-code" = Source.claude_code;

/** Also where requests go through Bedrock, Vertex or a proxy: no line tells. */
export const PROVIDER = "anthropic";
