import { oneLine, when } from "../text.ts";
import type { TreeNode } from "./treeOf.ts";

/** The cells of a tree's lines: the title as deep as it stands in it. */
export function treeRows(nodes: readonly TreeNode[]): string[][] {
  return nodes.flatMap((node) => rowsOf(node, "", ""));
}

/** `lead` stands before the node's own title, `under` before those below it. */
function rowsOf(node: TreeNode, lead: string, under: string): string[][] {
  const below = node.children.flatMap((child, i) => {
    const isLast = i === node.children.length - 1;
    return rowsOf(child, `${under}${isLast ? "└ " : "├ "}`, `${under}${isLast ? "  " : "│ "}`);
  });
  return [cellsOf(node, lead), ...below];
}

function cellsOf(node: TreeNode, lead: string): string[] {
  if (node.kind === "agent") {
    const { updatedAt, messageCount, toolCallCount, agent, agentId } = node.agent;
    const title = oneLine(`agent ${agent ?? ""}`, 48);
    const counts = [String(messageCount), String(toolCallCount)];
    return [when(updatedAt), "", ...counts, "", lead + title, oneLine(agentId, 80)];
  }
  const { updatedAt, source, messageCount, toolCallCount, projectName, title, id, forkedFromId } =
    node.session;
  const isElsewhere = node.kind === "fork" && lead === "";
  const fork = isElsewhere ? `fork of ${oneLine(forkedFromId, 40)}: ` : "fork: ";
  return [
    when(updatedAt),
    source ?? "-",
    String(messageCount),
    String(toolCallCount),
    oneLine(projectName, 20) || "-",
    lead + (node.kind === "fork" ? fork : "") + (oneLine(title, 48) || "-"),
    oneLine(id, 80),
  ];
}
