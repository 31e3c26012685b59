/**
 * Raised whenever the same events or rows are handed out as more or other records than before. What
 * an import took by another version it reads again.
 */
export const TRANSLATOR_VERSION = 2;

/**
 * The newest versions of OpenCode that are tested, of each line: the first as a real program, the second
 * by what others captured of it.
 */
const TESTED_VERSIONS = { 1: "1.18.34", 2: "2.0.26" } as const;

/** Up to which version the line that a version belongs to is tested; the newest line stands for later ones. */
export function testedVersion(version: string): string {
  return /^v?[01]\./.test(version) ? TESTED_VERSIONS[1] : TESTED_VERSIONS[2];
}
