import { eventRecord } from "../../shared/rows/event.ts";
import { recorded, refused } from "../../shared/step.ts";
import type { Facts } from "../../shared/text.ts";
import { withoutPrefix } from "../read.ts";
import { shellOf, withShell } from "../state.ts";
import type { Handler2, Known2 } from "../step.ts";
import { happened } from "./record.ts";

/** session.synthetic: what OpenCode said in the user's name. */
export const synthetic: Handler2 = (state, event) => {
  const text = event.reader.text(event.data.text, "text");
  const description = event.reader.line(event.data.description, "description");
  return happened(state, event, {
    kind: "injected",
    text,
    data: { what: "synthetic", description },
  });
};

/** session.skill.activated: a skill's text was put before the model. */
export const skillActivated: Handler2 = (state, event) => {
  const { reader, data } = event;
  const name = reader.line(data.name, "name");
  const skill = reader.line(data.id, "id");
  const text = reader.text(data.text, "text");
  return happened(state, event, { kind: "injected", text, data: { what: "skill", skill, name } });
};

interface Shell {
  id: unknown;
  command: unknown;
  status: unknown;
  exit: unknown;
}

/** session.shell.started: a person ran a command in the conversation (`!command`). */
export const shellStarted: Handler2 = (state, event) => {
  const { reader, data, sessionId, id, stamp } = event;
  const shell = reader.object<Shell>(data.shell, "shell");
  const shellId = reader.id(shell.id, "shell.id");
  if (shellId === null) return refused(state, event);
  const begun = { id: withoutPrefix(id ?? shellId), createdAt: stamp.at };
  const next = withShell(state, sessionId, shellId, begun);
  return happened(next, event, { kind: "injected", data: shellFacts(shell, event) });
};

/** session.shell.ended: its output, told to the row of its beginning; to none where that was missed. */
export const shellEnded: Handler2 = (state, event) => {
  const { reader, data, sessionId, stamp } = event;
  const shell = reader.object<Shell>(data.shell, "shell");
  const shellId = reader.id(shell.id, "shell.id");
  if (shellId === null) return refused(state, event);
  const begun = shellOf(state, sessionId, shellId);
  const { output } = reader.object<{ output: unknown }>(data.output, "output");
  const text = reader.text(output, "output.output");
  const facts = { kind: "injected" as const, text, data: shellFacts(shell, event) };
  if (!begun) return recorded(state, event);
  const row = eventRecord({ ...facts, ...begun, sessionId, updatedAt: stamp.at }, stamp);
  return recorded(state, event, row);
};

/** Where it ran no row of the store says: `data` is one value, the same from both. */
function shellFacts(shell: { readonly [K in keyof Shell]?: unknown }, { reader }: Known2): Facts {
  return {
    what: "shell",
    command: reader.line(shell.command, "shell.command"),
    status: reader.line(shell.status, "shell.status"),
    exitCode: Number.isSafeInteger(shell.exit) ? shell.exit : null,
  };
}
