import { type AllRows, answer, event, prompt, session, T, tokens, UNTOLD } from "./rows.ts";

const TURN = "ses_edc51826fffeuWQICogSUisGaa";
const FORK = "ses_edc5179daffdcO8ussI46Uya4s";
const REFUSED = "ses_edc5175b6ffemGgSMMA4WUumkC";
const FLAKY = "ses_edc5173d7ffeCGqSqCO8sQa2kY";

const secondTurn = [
  prompt(TURN, "msg_123ae7e610016WAa4egY8qm4Yq", "second turn", T + 621),
  answer(TURN, "msg_123ae7e7c001UG82mYo2iAu4Yw", "Second answer.", [T + 636, T + 726]),
];
/** 67 + 60 and 12 + 9: the title's 7 and 3 are in the first turn's. */
const bothTurns = { ...tokens(127, 21, 0, 80), cost: 0.000174, updatedAt: T + 729 };

const REFUSAL = "provider.invalid-request: bad request";

/** Plain turns, a fork, a refusal, a retry. */
export const TALK: Record<string, AllRows> = {
  "01-turn 02-continue": {
    sessions: [
      session({
        id: TURN,
        title: "Greeting",
        titleKind: "generated",
        ...bothTurns,
        createdAt: T + 403,
      }),
    ],
    messages: [
      prompt(TURN, "msg_123ae7dbb0016GYmSIyaeIewcc", "hello", T + 455),
      answer(TURN, "msg_123ae7dd6001YAYo4UoTqwUg4e", "Hello from the fake model.", [
        T + 470,
        T + 566,
      ]),
      ...secondTurn,
    ],
    toolCalls: [],
    events: [],
  },
  // A plugin that was not there in the first turn: what `session.created` alone tells is not known.
  "02-continue": {
    sessions: [session({ id: TURN, ...bothTurns, projectId: null, agentVersion: null })],
    messages: secondTurn,
    toolCalls: [],
    events: [],
  },
  "05-fork": {
    sessions: [
      session({
        id: FORK,
        forkedFromId: TURN,
        projectId: null,
        agentVersion: null,
        ...tokens(60, 9, 0, 40),
        cost: 0.000082,
        createdAt: T + 3_097,
        updatedAt: T + 3_257,
      }),
    ],
    messages: [
      prompt(FORK, "msg_123ae8841001oSeeOaqGIUs628", "forked turn", T + 3_149),
      answer(FORK, "msg_123ae885c001UgeKEseMkci8cm", "Answer in the fork.", [T + 3_164, T + 3_254]),
    ],
    toolCalls: [],
    events: [
      event({ id: "123ae88190018CQsUC8qc0AkWY", sessionId: FORK, kind: "fork" }, T + 3_097, {
        from: TURN,
        boundary: "msg_123ae7ed9001OyQgcgGq6oQMcK",
        type: "through",
      }),
    ],
  },
  "06-model-error": {
    sessions: [
      session({
        id: REFUSED,
        status: "error",
        error: REFUSAL,
        createdAt: T + 3_660,
        updatedAt: T + 3_736,
      }),
    ],
    messages: [
      prompt(REFUSED, "msg_123ae8a74001iase4So86muiAq", "break", T + 3_712),
      answer(REFUSED, "msg_123ae8a8f00168wOYIySQKy4Aa", null, [T + 3_727, T + 3_733], {
        ...UNTOLD,
        finishReason: "error",
        error: REFUSAL,
      }),
    ],
    toolCalls: [],
    events: [
      event(
        {
          id: "123ae8a98001q2EmcomwGaW0iw",
          sessionId: REFUSED,
          kind: "error",
          messageId: "msg_123ae8a8f00168wOYIySQKy4Aa",
          text: REFUSAL,
        },
        T + 3_736,
      ),
    ],
  },
  "07-retry": {
    sessions: [
      session({
        id: FLAKY,
        ...tokens(60, 9, 0, 40),
        cost: 0.000082,
        createdAt: T + 4_139,
        updatedAt: T + 6_303,
      }),
    ],
    messages: [
      prompt(FLAKY, "msg_123ae8c530014cWagUMOYW6YGm", "flaky", T + 4_191),
      answer(FLAKY, "msg_123ae8c6e001iwgIGsMAu8WcY0", "Worked the second time.", [
        T + 4_206,
        T + 6_300,
      ]),
    ],
    toolCalls: [],
    events: [
      event(
        {
          id: "123ae8c740012UmAUYySoOoIqs",
          sessionId: FLAKY,
          kind: "retry",
          messageId: "msg_123ae8c6e001iwgIGsMAu8WcY0",
          text: "provider.internal: Internal error",
        },
        T + 4_212,
        { attempt: 2, next: T + 6_209 },
      ),
    ],
  },
};
