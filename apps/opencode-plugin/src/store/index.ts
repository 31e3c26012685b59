export { TRANSLATOR_VERSION, testedVersion } from "../translate/version.ts";
export { opencodePlaces } from "./opencodePlaces.ts";
export { fingerprintOf, type HistoryOptions, openHistory } from "./openHistory.ts";
