/** The code of a system error (`ENOENT`, …); undefined for anything else. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** Whether that says that there is no such file or directory, or none on the way to it. */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errno(error) ?? "");
}
