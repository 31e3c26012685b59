import type * as z from "zod";
import type { Room } from "../room.ts";

/** What an agent told with its call. */
export interface Call {
  /** Its own id of the call, where it tells one. */
  id: string | undefined;
}

/** One tool. What the model sees of it costs tokens in every request: few words. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  name: string;
  description: string;
  input: Input;
  output: z.ZodObject;
  /** Rejects with Failure. */
  run(room: Room, input: z.infer<Input>, call: Call): Promise<Record<string, unknown>>;
}

/** Keeps the type of the input where the tool is written. */
export function tool<Input extends z.ZodObject>(made: Tool<Input>): Tool {
  return made as unknown as Tool;
}
