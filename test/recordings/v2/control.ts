import { type AllRows, answer, event, prompt, session, T, tokens, UNTOLD } from "./rows.ts";

const COMPACTED = "ses_edc5169d0ffeKuw8egSCC4eqSw";
const STOPPED = "ses_edc5166e5ffeSOuK0uA6WMWMAm";
const REVERTED = "ses_edc5164b5ffe0C6oAAIe8I6wq6";
const DELETED = "ses_edc51613cffeIggwOeEUuiaouc";
const KILLED = "ses_edc515f1fffegQ2wgGoIK0ucYw";

const ASKED = "msg_123ae96d2002w2Qa88wMKE8OyM";
const HALF = "msg_123ae99600014k0Mgs0auCYame";
const DROPPED = "msg_123ae9c15001IKUQaw2Yooeows";

/** A compaction, an interruption, a revert, a deletion, a death. */
export const CONTROL: Record<string, AllRows> = {
  "08-compaction": {
    sessions: [
      session({
        id: COMPACTED,
        ...tokens(170, 38, 0, 80),
        cost: 0.000254,
        createdAt: T + 6_706,
        updatedAt: T + 7_050,
      }),
    ],
    messages: [
      prompt(COMPACTED, "msg_123ae965a0012acGaKS4Gmg0wY", "long talk", T + 6_758),
      answer(COMPACTED, "msg_123ae9675001wAmGqOagOiiQoY", "Long answer.", [T + 6_773, T + 6_863]),
      prompt(COMPACTED, "msg_123ae9712001sCAy8Ios6AkkAa", "after it", T + 6_942),
      answer(COMPACTED, "msg_123ae972d001iQiy82wkGuseEI", "Still here.", [T + 6_957, T + 7_047]),
    ],
    toolCalls: [],
    events: [
      event(
        {
          id: ASKED,
          sessionId: COMPACTED,
          kind: "compaction",
          messageId: ASKED,
          text: "## Objective\nfake summary",
        },
        T + 6_878,
        {
          trigger: "manual",
          model: "fake-1",
          provider: "fake",
          promptTokens: 50,
          completionTokens: 20,
          reasoningTokens: 0,
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
          cost: 0.00009,
        },
      ),
    ].map((row) => ({ ...row, updatedAt: T + 6_887 })),
  },
  "09-interrupt": {
    sessions: [session({ id: STOPPED, createdAt: T + 7_453, updatedAt: T + 7_610 })],
    messages: [
      prompt(STOPPED, "msg_123ae9945001MU4MIiQI2wsEwE", "slow", T + 7_505),
      answer(STOPPED, HALF, "Half an ans", [T + 7_520, T + 7_607], {
        ...UNTOLD,
        finishReason: "error",
        error: "aborted: Step interrupted",
      }),
    ],
    toolCalls: [],
    events: [
      event(
        {
          id: "123ae99ba001UWQSOeiIMESqy0",
          sessionId: STOPPED,
          kind: "interrupt",
          messageId: HALF,
        },
        T + 7_610,
        { reason: "user" },
      ),
    ],
  },
  "10-revert": {
    sessions: [
      session({
        id: REVERTED,
        ...tokens(180, 27, 0, 120),
        cost: 0.000246,
        createdAt: T + 8_013,
        updatedAt: T + 8_499,
      }),
    ],
    // What was reverted stays; the daemon says when it went (M8), from the event with `boundary`.
    messages: [
      prompt(REVERTED, "msg_123ae9b750018mWkgiIeEiF0Qk", "keep me", T + 8_065),
      answer(REVERTED, "msg_123ae9b90001UusWWiao62Mgga", "Kept.", [T + 8_080, T + 8_170]),
      prompt(REVERTED, DROPPED, "drop me", T + 8_225),
      answer(REVERTED, "msg_123ae9c30001Uk0esc2YUKi0Q6", "Dropped.", [T + 8_240, T + 8_330]),
      prompt(REVERTED, "msg_123ae9cbb001O8qwmuSCquQ2e2", "instead", T + 8_391),
      answer(REVERTED, "msg_123ae9cd6001sM8EAiwEMqwS6e", "New branch.", [T + 8_406, T + 8_496]),
    ],
    toolCalls: [],
    events: [
      event(
        {
          id: "123ae9c90001mAo4eGseUE6Mkc",
          sessionId: REVERTED,
          kind: "revert",
          messageId: DROPPED,
        },
        T + 8_336,
        { to: DROPPED },
      ),
      event(
        {
          id: "123ae9c93001qgm0ccA8GgyWqE",
          sessionId: REVERTED,
          kind: "revert",
          messageId: DROPPED,
        },
        T + 8_339,
        { boundary: DROPPED },
      ),
    ],
  },
  "11-delete": {
    sessions: [
      session({
        id: DELETED,
        status: "deleted",
        ...tokens(60, 9, 0, 40),
        cost: 0.000082,
        createdAt: T + 8_902,
        updatedAt: T + 9_040,
        endedAt: T + 9_040,
      }),
    ],
    messages: [
      prompt(DELETED, "msg_123ae9eee001Cs2yqea2ymAI8M", "bye", T + 8_954),
      answer(DELETED, "msg_123ae9f09001cYUOsiWAeIIMog", "Bye.", [T + 8_969, T + 9_034]),
    ],
    toolCalls: [],
    events: [
      event({ id: "123ae9f50001wYQi2ky6GUsgQQ", sessionId: DELETED, kind: "delete" }, T + 9_040),
    ],
  },
  // Nothing came after the first text was begun: when the step began is the last that is told.
  "12-killed": {
    sessions: [
      session({ id: KILLED, status: "active", createdAt: T + 9_443, updatedAt: T + 9_513 }),
    ],
    messages: [
      prompt(KILLED, "msg_123aea10b001QGaAY0mssGw0QI", "never ends", T + 9_495),
      answer(KILLED, "msg_123aea126001OQEgiOcYsSWskQ", null, [T + 9_510, T + 9_510], {
        ...UNTOLD,
        finishReason: null,
        completedAt: null,
        durationMs: null,
        updatedAt: T + 9_513,
      }),
    ],
    toolCalls: [],
    events: [],
  },
};
