import { asObject, asText, type Json } from "../json.ts";
import { type Ending, statusOf } from "./toolStatus.ts";

/** A person's words in a tool's result: a refusal's reason or the answers to an agent's questions. */
export interface Words {
  readonly text: string;
  readonly data: Json;
}

/** What a person typed when refusing stands behind this, and an advice to the model behind that. */
const SAID = /the user said:\s*/i;
const ADVICE = "\n\nNote: The user's next message may contain";
/** Questions were neither answered nor refused: what was filled in so far is listed. */
const CLARIFY = /^The user wants to clarify these questions\./;
const LISTED = /^- "(.*)"\n((?:[ \t]+.*\n?)*)/gm;
/** Claude Code's own, in an answer's place. */
const NO_ANSWERS = new Set(["(notes only)", "(no option selected)"]);

/** How answers begin where only the result's text tells them; older versions' sentences too. */
const ANSWERED =
  /^(?:User has answered your questions?|Your questions? ha(?:s|ve) been answered|(?:The user|User) answered): /;
const RESPONDED = /^The user responded: /;
const ANSWER = /"((?:[^"\\]|\\.)*)"="((?:[^"\\]|\\.)*)"/g;

/** What a person said in the result of a call; null where nothing. */
export function readWords(ending: Ending): Words | null {
  const refusal = refusalIn(ending);
  if (refusal !== null) {
    return CLARIFY.test(refusal)
      ? toWords(listedIn(refusal))
      : { text: refusal, data: { what: "refusal" } };
  }
  if (ending.isError) return null;
  return toWords(toldIn(ending)) ?? toWords(answersInText(ending));
}

function refusalIn(ending: Ending): string | null {
  if (statusOf(ending) !== "denied") return null;
  const said = SAID.exec(ending.text);
  if (!said) return null;
  const words = ending.text.slice(said.index + said[0].length).split(ADVICE)[0] ?? "";
  return asText(words.trim());
}

/** Answers by their questions, as chosen or typed; notes to them; and what was said to none. */
interface Answers {
  readonly answers: Json;
  readonly notes: Json;
  readonly response: string | null;
}

function toWords(told: Answers | null): Words | null {
  if (told === null) return null;
  const { answers, notes, response } = told;
  const texts = [...textsOf(answers), ...textsOf(notes), ...(response === null ? [] : [response])];
  if (texts.length === 0) return null;
  const noted = textsOf(notes).length > 0 && { notes };
  return { text: texts.join("\n\n"), data: { what: "answers", answers, ...noted } };
}

function textsOf(answers: Json): string[] {
  const given = Object.values(answers).flat();
  return given.flatMap((answer) => {
    const text = asText(answer);
    return text === null || NO_ANSWERS.has(text) ? [] : [text];
  });
}

/** `toolUseResult` of AskUserQuestion; null where it is another tool's. */
function toldIn({ result, text }: Ending): Answers | null {
  const { answers, questions, annotations, response } = result;
  if (!Array.isArray(questions) && !ANSWERED.test(text)) return null;
  if (answers === undefined && response === undefined) return null;
  const annotated = Object.entries(asObject(annotations));
  const notes = annotated.flatMap(([question, about]) => {
    const note = asText(asObject(about).notes);
    return note === null ? [] : [[question, note]];
  });
  return {
    answers: asObject(answers),
    notes: Object.fromEntries(notes),
    response: asText(response),
  };
}

/** Where no `toolUseResult` tells them: of several results in one line, or in older versions. */
function answersInText({ text, result }: Ending): Answers | null {
  if (Object.keys(result).length > 0) return null;
  if (RESPONDED.test(text)) {
    return { answers: {}, notes: {}, response: asText(text.replace(RESPONDED, "").trim()) };
  }
  if (!ANSWERED.test(text)) return null;
  const pairs = [...text.matchAll(ANSWER)].map(([, question, answer]) => [question, answer]);
  return { answers: Object.fromEntries(pairs), notes: {}, response: null };
}

function listedIn(text: string): Answers {
  const answers: [string, string][] = [];
  const notes: [string, string][] = [];
  for (const [, question = "", lines = ""] of text.matchAll(LISTED)) {
    const answer = /^\s+Answer: (.*)$/m.exec(lines)?.[1];
    const note = /^\s+User notes: (.*)$/m.exec(lines)?.[1];
    if (answer) answers.push([question, answer]);
    if (note) notes.push([question, note]);
  }
  return {
    answers: Object.fromEntries(answers),
    notes: Object.fromEntries(notes),
    response: null,
  };
}
