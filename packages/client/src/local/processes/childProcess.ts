/**
 * `node:child_process`, loaded on first use: most processes start no daemon, and an import, which a
 * bundle hoists, would cost each of them a tenth of Node's own start.
 */
export function childProcess(): typeof import("node:child_process") {
  return process.getBuiltinModule("node:child_process");
}
