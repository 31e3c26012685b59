/** A piece of a text: code that stood between fences, or what is none. */
export interface Segment {
  isCode: boolean;
  /** Of code, where it is told and looks like one. */
  language: string;
  lines: string[];
}

const FENCE = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^`]*)$/;
const LANGUAGE = /^[\w+#.-]{1,30}/;

/** A text in its pieces. Code whose fence is never closed goes to the end. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let open: Fence | null = null;
  let current: Segment = { isCode: false, language: "", lines: [] };
  const next = (segment: Segment) => {
    if (current.isCode || current.lines.some((line) => line.trim() !== "")) segments.push(current);
    current = segment;
  };
  for (const line of text.split("\n")) {
    const fence: Fence | null = open === null ? fenceIn(line) : null;
    if (fence) {
      open = fence;
      next({ isCode: true, language: fence.language, lines: [] });
    } else if (open !== null && closes(line, open)) {
      open = null;
      next({ isCode: false, language: "", lines: [] });
    } else {
      current.lines.push(open === null ? line : outdented(line, open.indent));
    }
  }
  next(current);
  return segments;
}

interface Fence {
  indent: string;
  mark: string;
  language: string;
}

function fenceIn(line: string): Fence | null {
  const [, indent = "", mark, info = ""] = FENCE.exec(line) ?? [];
  if (mark === undefined) return null;
  return { indent, mark, language: LANGUAGE.exec(info)?.[0] ?? "" };
}

function closes(line: string, { mark }: Fence): boolean {
  const bare = line.trim();
  return bare.length >= mark.length && bare === (mark[0] ?? "").repeat(bare.length);
}

function outdented(line: string, indent: string): string {
  return line.startsWith(indent) ? line.slice(indent.length) : line.trimStart();
}
