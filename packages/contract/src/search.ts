/**
 * What is searched: what was said (and what was injected, summed up or replied), what tools were called
 * with, what they answered, what the model thought.
 */
export const SEARCH_SCOPES = ["messages", "tools", "outputs", "reasoning"] as const;
export type SearchScope = (typeof SEARCH_SCOPES)[number];
