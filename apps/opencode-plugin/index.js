// The other name that OpenCode 2 looks for: with both there, no release meets a missing first one.
export { default } from "./dist/plugin2.js";
