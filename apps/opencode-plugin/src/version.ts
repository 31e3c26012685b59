/** The version in package.json, which a single file can't read. */
export const VERSION = "0.1.0";
