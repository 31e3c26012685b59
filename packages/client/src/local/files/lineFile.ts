import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { withRegularFile } from "./regularFile.ts";

/** So much of the file is read, bytes and lines: nobody has more to note. */
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 100;
/** Of no link, and without waiting for whoever reads a FIFO. */
const TO_APPEND =
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK |
  constants.O_WRONLY;

/**
 * Adds those lines to a small file that several processes note in, which it does not hold yet. A file
 * that holds more than anybody has to note is damaged, and begun anew. Throws like fs.
 */
export function noteLines(file: string, lines: readonly string[]): void {
  const content = contentOf(file);
  const known = linesOf(content);
  const unknown = lines.filter((line) => !known.includes(line));
  if (unknown.length === 0) return;
  const end = content === "" || content.endsWith("\n") ? "" : "\n";
  append(file, end + unknown.map((line) => `${line}\n`).join(""), known.length >= MAX_LINES);
}

/** The lines that are noted; none where the file is none that can be read. Throws like fs. */
export function notedLines(file: string): string[] {
  return [...new Set(linesOf(contentOf(file)))].filter((line) => line !== "");
}

function append(file: string, text: string, isFull: boolean): void {
  const fd = openSync(file, isFull ? TO_APPEND | constants.O_TRUNC : TO_APPEND, 0o600);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

function contentOf(file: string): string {
  const told = withRegularFile(file, (fd) => {
    const start = Buffer.alloc(MAX_BYTES);
    return start.toString("utf8", 0, readSync(fd, start));
  });
  return told ?? "";
}

function linesOf(content: string): string[] {
  return content.split("\n", MAX_LINES);
}
