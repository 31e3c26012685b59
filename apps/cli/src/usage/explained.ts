/** The rules of lode/usage.md in short. */
export const EXPLAINED = `What is added up
  Every answer of a model that is in the record, once: of an id that several sessions have (a fork, a
  resumed session) the one in the session of the smallest id counts, and a copy not beside its origin.
  Sub-agents' answers count to their session; a session's "own" sums are without them.
  Tokens are what the agents tell: input without cache, output with reasoning, cache written and read.

Cost
  totalCost is, answer by answer, what the agent told, else what the list of prices says (--mode auto);
  --mode calculate takes the list alone, --mode display the agent alone. reportedCost and computedCost
  stand beside it in --json and --csv.
  Each answer is priced by itself, at its own day: a request above a tier's size has that tier's price,
  cache writes that stay for an hour have their own.
  Tokens of a model without a price are in no computed cost; they are told below every total.
  Own prices: "prices" in config.json.

Where the agents' own totals differ
  Claude Code's cost-state and OpenCode's session totals are in the record beside the messages
  (sessions.cost, sessions.prompt_tokens) and are never added to these sums. They are larger by requests
  that leave no message: titles, summaries of compactions, prompts that were checked or retried; and
  OpenCode's leave out sub-agents, which are sessions of their own.

Time
  Days, weeks (from Monday) and months are those of --timezone. blocks are the five-hour windows of
  Claude's plans, from the full hour (UTC) of the first answer on.
`;
