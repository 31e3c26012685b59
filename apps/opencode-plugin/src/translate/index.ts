export { rowMakers } from "./rowMakers.ts";
export { timeOfId } from "./shared/stamp.ts";
export type { Rejected, Translated } from "./shared/step.ts";
export { initialState, type State } from "./v1/state.ts";
export type { Step } from "./v1/step.ts";
export { translate } from "./v1/translate.ts";
