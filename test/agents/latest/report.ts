import { type Types, without } from "../canary/sent.ts";

/** A scenario that failed: its name, and the first line of why. */
export interface Failed {
  name: string;
  reason: string;
}

/** What a run with the newest version of an agent found. */
export interface Seen {
  agent: string;
  tested: string;
  newest: string;
  listed: Types;
  sent: Types;
}

/** What is told of a run with the newest versions. */
export function reportText(agents: readonly Seen[], passed: number, failed: Failed[]): string {
  const lines = [...agents.flatMap(agentLines), scenariosLine(passed, failed.length)];
  return [...lines, ...failed.map(({ name, reason }) => `  ${name}: ${reason}`), ""].join("\n");
}

function agentLines({ agent, tested, newest, listed, sent }: Seen): string[] {
  const version = newest === tested ? `${newest}, as tested` : `${newest} (tested: ${tested})`;
  const added = typeLines(without(sent, listed));
  const gone = typeLines(without(listed, sent));
  return [
    `${agent}: ${version}`,
    ...(added.length > 0 ? ["  sends what is not listed:", ...added] : ["  sends nothing new"]),
    ...(gone.length > 0 ? ["  did not send what is listed:", ...gone] : []),
  ];
}

function typeLines(types: Types): string[] {
  return Object.entries(types).map(([kind, of]) => `    ${kind}: ${of.join(", ")}`);
}

function scenariosLine(passed: number, failed: number): string {
  return failed === 0
    ? `All ${passed} scenarios passed`
    : `${failed} of ${passed + failed} scenarios failed:`;
}
