export { opencodePlaces } from "./opencodePlaces.ts";
export { type HistoryOptions, openHistory } from "./openHistory.ts";
