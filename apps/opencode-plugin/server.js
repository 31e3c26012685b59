// What OpenCode 2 looks for in a plugin's folder, whatever package.json says; version 1 goes by that.
export { default } from "./dist/plugin2.js";
