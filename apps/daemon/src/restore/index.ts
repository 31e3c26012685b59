/** What puts a backup in the record's place; it runs in the command's process. */
export { takeDaemonLock } from "../lifecycle/daemonLock.ts";
export { prepareRestore } from "../storage/restore/prepareRestore.ts";
export { type Replaced, swapIn } from "../storage/restore/swapIn.ts";
