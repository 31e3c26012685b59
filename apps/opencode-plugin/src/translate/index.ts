export { rowMakers } from "./rowMakers.ts";
export { timeOfId } from "./stamp.ts";
export { initialState, type State } from "./state.ts";
export type { Rejected, Step, Translated } from "./step.ts";
export { translate } from "./translate.ts";
