/**
 * What the databases of test/fixtures/opencode-2 hold, written down from reading the `.sql`: of each row
 * what it tells; what it does not is null.
 */

/** The recordings of whose events `opencode-v2.sql` has the rows, each a process of its own. */
export const RECORDINGS = [
  "01-turn",
  "02-continue",
  "03-tools-parallel",
  "04-subagent",
  "05-fork",
  "06-model-error",
  "07-retry",
  "08-compaction",
  "09-interrupt",
  "10-revert",
  "11-delete",
  "12-killed",
];

/** Columns of the record by their names in the file. */
type Told = Readonly<Record<string, string | number | null>>;

/** Rows by `<session> <id>`, of sessions by their id. */
export interface StoreRows {
  readonly sessions: Readonly<Record<string, Told>>;
  readonly messages: Readonly<Record<string, Told>>;
  readonly toolCalls: Readonly<Record<string, Told>>;
  readonly events: Readonly<Record<string, Told>>;
}

const TURN = "ses_edc51826fffeuWQICogSUisGaa";
const TOOLS = "ses_edc517f96ffe48ACWK8aw2yWcS";
const PARENT = "ses_edc517cf5ffe4GS8om62GwKyM0";
const CHILD = "ses_edc517b0dffe4W4IgEAsKi8Ayq";
const FORK = "ses_edc5179daffdcO8ussI46Uya4s";
const REFUSED = "ses_edc5175b6ffemGgSMMA4WUumkC";
const RETRIED = "ses_edc5173d7ffeCGqSqCO8sQa2kY";
const COMPACTED = "ses_edc5169d0ffeKuw8egSCC4eqSw";
const INTERRUPTED = "ses_edc5166e5ffeSOuK0uA6WMWMAm";
const REVERTED = "ses_edc5164b5ffe0C6oAAIe8I6wq6";
const KILLED = "ses_edc515f1fffegQ2wgGoIK0ucYw";
const MIGRATED = "ses_ee23f48fafferHslj7rwP1LkA5";
const ONLY_V1 = "ses_ee23f00aaffe0newAfterMigrat1";

/** The order of the columns in `session_v2`, cost first. */
function totals(cost: number, ...[input, output, reasoning, read, write]: number[]): Told {
  return {
    cost,
    prompt_tokens: input ?? null,
    completion_tokens: output ?? null,
    reasoning_tokens: reasoning ?? null,
    cache_read_tokens: read ?? null,
    cache_write_tokens: write ?? null,
  };
}

const ONE = totals(0.000082, 60, 9, 0, 40, 0);
const NONE = {
  cost: null,
  prompt_tokens: null,
  completion_tokens: null,
  reasoning_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
};

function session(created: number, updated: number, own: Told): Told {
  return {
    source: "opencode",
    title: null,
    project_path: "/home/dev/proj",
    project_name: "proj",
    project_id: "8c7be089f453473f677616cd2481db433813236e",
    model: "fake-1",
    provider: "fake",
    agent_version: "2.0.26",
    parent_id: null,
    forked_from_id: null,
    status: "idle",
    ...ONE,
    created_at: created,
    updated_at: updated,
    ended_at: null,
    ...own,
  };
}

function asked(text: string, created: number, own: Told = {}): Told {
  return {
    role: "user",
    text_content: text,
    model: null,
    agent: null,
    created_at: created,
    ...NONE,
    copied_from_id: null,
    ...own,
  };
}

function answered(text: string | null, created: number, completed: number, own: Told = {}): Told {
  return {
    role: "assistant",
    text_content: text,
    reasoning_text: null,
    model: "fake-1",
    provider: "fake",
    agent: "build",
    finish_reason: "stop",
    error: null,
    ...ONE,
    created_at: created,
    completed_at: completed,
    duration_ms: completed - created,
    copied_from_id: null,
    ...own,
  };
}

/** `opencode-v2.sql`: what is left of the twelve recordings. */
export const V2_STORE: StoreRows = {
  sessions: {
    [TURN]: session(1791600000403, 1791600000729, {
      title: "Greeting",
      ...totals(0.000174, 127, 21, 0, 80, 0),
    }),
    [TOOLS]: session(1791600001132, 1791600001402, {
      title: "Tools",
      ...totals(0.000292, 187, 42, 12, 40, 0),
    }),
    [PARENT]: session(1791600001805, 1791600002597, {
      title: "Delegation",
      ...totals(0.000174, 127, 21, 0, 80, 0),
    }),
    [CHILD]: session(1791600002293, 1791600002453, { title: "Look around", parent_id: PARENT }),
    [FORK]: session(1791600003097, 1791600003257, {
      title: "Greeting (fork #1)",
      forked_from_id: TURN,
    }),
    // It failed: nothing was used, which the columns say as 0 and no event says at all.
    [REFUSED]: session(1791600003660, 1791600003736, { status: "error", ...NONE }),
    [RETRIED]: session(1791600004139, 1791600006303, {}),
    [COMPACTED]: session(1791600006706, 1791600007050, totals(0.000254, 170, 38, 0, 80, 0)),
    [INTERRUPTED]: session(1791600007453, 1791600007610, NONE),
    [REVERTED]: session(1791600008013, 1791600008499, totals(0.000246, 180, 27, 0, 120, 0)),
    // No row says what became of it, nor what was last told: its answer was begun then.
    [KILLED]: session(1791600009443, 1791600009510, { status: null, ...NONE }),
  },
  messages: {
    [`${TURN} msg_123ae7dbb0016GYmSIyaeIewcc`]: asked("hello", 1791600000455),
    [`${TURN} msg_123ae7dd6001YAYo4UoTqwUg4e`]: answered(
      "Hello from the fake model.",
      1791600000470,
      1791600000566,
    ),
    [`${TURN} msg_123ae7e610016WAa4egY8qm4Yq`]: asked("second turn", 1791600000621),
    [`${TURN} msg_123ae7e7c001UG82mYo2iAu4Yw`]: answered(
      "Second answer.",
      1791600000636,
      1791600000726,
    ),
    [`${TOOLS} msg_123ae80940012ykkAU2AAksIEq`]: asked("use tools", 1791600001184),
    [`${TOOLS} msg_123ae80af001K8yk6cwSKKqEwM`]: answered(null, 1791600001199, 1791600001294, {
      reasoning_text: "I should look.",
      finish_reason: "tool-calls",
      ...totals(0.0002, 120, 30, 12, 0, 0),
    }),
    [`${TOOLS} msg_123ae811d001QGcsYeK8QqmyUe`]: answered("Done.", 1791600001309, 1791600001399),
    [`${PARENT} msg_123ae8335001WWcKY6s2QU6uUA`]: asked("delegate", 1791600001857),
    [`${PARENT} msg_123ae8350001qWsC6l2I6eoUGM`]: answered(null, 1791600001872, 1791600002489, {
      finish_reason: "tool-calls",
    }),
    [`${PARENT} msg_123ae85c8001MSo6EYOw4yqAik`]: answered(
      "There are two files.",
      1791600002504,
      1791600002594,
    ),
    [`${CHILD} msg_123ae851d001Egk8OQOS2O4eIG`]: asked(
      "You are a subagent spawned by another session.\nList the files.",
      1791600002345,
    ),
    [`${CHILD} msg_123ae8538001k42yWmu46ueEYK`]: answered(
      "Two files.",
      1791600002360,
      1791600002450,
      { agent: "general" },
    ),
    [`${FORK} msg_123ae88190018CQsUC8qc0AkWY_4`]: asked("hello", 1791600000455, {
      copied_from_id: "msg_123ae7dbb0016GYmSIyaeIewcc",
    }),
    [`${FORK} msg_123ae88190018CQsUC8qc0AkWY_5`]: answered(
      "Hello from the fake model.",
      1791600000470,
      1791600000566,
      { copied_from_id: "msg_123ae7dd6001YAYo4UoTqwUg4e" },
    ),
    [`${FORK} msg_123ae88190018CQsUC8qc0AkWY_16`]: asked("second turn", 1791600000621, {
      copied_from_id: "msg_123ae7e610016WAa4egY8qm4Yq",
    }),
    [`${FORK} msg_123ae88190018CQsUC8qc0AkWY_17`]: answered(
      "Second answer.",
      1791600000636,
      1791600000726,
      { copied_from_id: "msg_123ae7e7c001UG82mYo2iAu4Yw" },
    ),
    [`${FORK} msg_123ae8841001oSeeOaqGIUs628`]: asked("forked turn", 1791600003149),
    [`${FORK} msg_123ae885c001UgeKEseMkci8cm`]: answered(
      "Answer in the fork.",
      1791600003164,
      1791600003254,
    ),
    [`${REFUSED} msg_123ae8a74001iase4So86muiAq`]: asked("break", 1791600003712),
    [`${REFUSED} msg_123ae8a8f00168wOYIySQKy4Aa`]: answered(null, 1791600003727, 1791600003733, {
      error: "provider.invalid-request: bad request",
      finish_reason: "error",
      ...NONE,
    }),
    [`${RETRIED} msg_123ae8c530014cWagUMOYW6YGm`]: asked("flaky", 1791600004191),
    [`${RETRIED} msg_123ae8c6e001iwgIGsMAu8WcY0`]: answered(
      "Worked the second time.",
      // When it was first begun, which the row's column says; its JSON, when the second time.
      1791600004206,
      1791600006300,
    ),
    [`${COMPACTED} msg_123ae965a0012acGaKS4Gmg0wY`]: asked("long talk", 1791600006758),
    [`${COMPACTED} msg_123ae9675001wAmGqOagOiiQoY`]: answered(
      "Long answer.",
      1791600006773,
      1791600006863,
    ),
    [`${COMPACTED} msg_123ae9712001sCAy8Ios6AkkAa`]: asked("after it", 1791600006942),
    [`${COMPACTED} msg_123ae972d001iQiy82wkGuseEI`]: answered(
      "Still here.",
      1791600006957,
      1791600007047,
    ),
    [`${INTERRUPTED} msg_123ae9945001MU4MIiQI2wsEwE`]: asked("slow", 1791600007505),
    [`${INTERRUPTED} msg_123ae99600014k0Mgs0auCYame`]: answered(
      "Half an ans",
      1791600007520,
      1791600007607,
      { error: "aborted: Step interrupted", finish_reason: "error", ...NONE },
    ),
    [`${REVERTED} msg_123ae9b750018mWkgiIeEiF0Qk`]: asked("keep me", 1791600008065),
    [`${REVERTED} msg_123ae9b90001UusWWiao62Mgga`]: answered("Kept.", 1791600008080, 1791600008170),
    [`${REVERTED} msg_123ae9cbb001O8qwmuSCquQ2e2`]: asked("instead", 1791600008391),
    [`${REVERTED} msg_123ae9cd6001sM8EAiwEMqwS6e`]: answered(
      "New branch.",
      1791600008406,
      1791600008496,
    ),
    [`${KILLED} msg_123aea10b001QGaAY0mssGw0QI`]: asked("never ends", 1791600009495),
    [`${KILLED} msg_123aea126001OQEgiOcYsSWskQ`]: {
      role: "assistant",
      text_content: null,
      model: "fake-1",
      agent: "build",
      finish_reason: null,
      error: null,
      ...NONE,
      created_at: 1791600009510,
      completed_at: null,
      duration_ms: null,
    },
  },
  toolCalls: {
    [`${TOOLS} msg_123ae80af001K8yk6cwSKKqEwM/call_1`]: {
      message_id: "msg_123ae80af001K8yk6cwSKKqEwM",
      position: 1,
      name: "shell",
      kind: "shell",
      status: "success",
      input: '{"command":"echo hi"}',
      output: "hi\n",
      error: null,
      created_at: 1791600001237,
      completed_at: 1791600001288,
      duration_ms: 51,
    },
    [`${TOOLS} msg_123ae80af001K8yk6cwSKKqEwM/call_2`]: {
      message_id: "msg_123ae80af001K8yk6cwSKKqEwM",
      position: 2,
      name: "read",
      kind: "read",
      status: "error",
      input: '{"path":"/nope"}',
      output: null,
      error: "File not found: /nope",
      file_path: "/nope",
      created_at: 1791600001246,
      completed_at: 1791600001291,
      duration_ms: 45,
    },
    [`${PARENT} msg_123ae8350001qWsC6l2I6eoUGM/call_3`]: {
      message_id: "msg_123ae8350001qWsC6l2I6eoUGM",
      position: 0,
      name: "subagent",
      kind: "task",
      status: "success",
      input: '{"agent":"general","description":"Look around","prompt":"List the files."}',
      output:
        '<subagent sessionID="ses_edc517b0dffe4W4IgEAsKi8Ayq" state="completed">\nTwo files.\n</subagent>',
      error: null,
      child_session_id: CHILD,
      created_at: 1791600001884,
      completed_at: 1791600002483,
      duration_ms: 599,
    },
  },
  events: {
    [`${FORK} 123ae88190018CQsUC8qc0AkWY`]: {
      kind: "fork",
      created_at: 1791600003097,
    },
    [`${REFUSED} 123ae8a98001q2EmcomwGaW0iw`]: { kind: "error", created_at: 1791600003736 },
    [`${COMPACTED} msg_123ae96d2002w2Qa88wMKE8OyM`]: {
      kind: "compaction",
      text: "## Objective\nfake summary",
      created_at: 1791600006878,
    },
    [`${INTERRUPTED} 123ae99ba001UWQSOeiIMESqy0`]: {
      kind: "interrupt",
      created_at: 1791600007610,
    },
  },
};

/** `opencode-migrated.sql`: a session of version 1 that went on in version 2, and one that never moved. */
export const MIGRATED_STORE: StoreRows = {
  sessions: {
    [MIGRATED]: session(1791500531462, 1791500541863, {
      title: "Talk in v1",
      project_id: "global",
      agent_version: "1.18.33",
      ...totals(0.000164, 120, 18, 0, 80, 0),
    }),
    [ONLY_V1]: session(1791500551462, 1791500551862, {
      title: "v1 again, after the migration",
      project_id: "global",
      agent_version: "1.18.33",
      // Version 1 stores none.
      status: null,
    }),
  },
  messages: {
    // Both versions have the first two: as version 1 tells them.
    [`${MIGRATED} msg_11dc0b7410017kTOc8H1lLx2Ro`]: asked("hello in v1", 1791500531522, {
      model: "fake-1",
      agent: "build",
    }),
    [`${MIGRATED} msg_11dc0b7dc001w2o4HJ921372E2`]: answered(
      "Hello from v1.",
      1791500531622,
      1791500531822,
      { parent_id: "msg_11dc0b7410017kTOc8H1lLx2Ro" },
    ),
    [`${MIGRATED} msg_11dc0dc200017ju17DvLSOufSM`]: asked("continued in v2", 1791500541562),
    [`${MIGRATED} msg_11dc0dd44001AQQsWS3CMbLCyA`]: answered(
      "Answer from v2.",
      1791500541662,
      1791500541862,
    ),
    [`${ONLY_V1} msg_11dc105000017kTOc8H1lLx2Ro`]: asked("v1 after v2", 1791500551522, {
      model: "fake-1",
      agent: "build",
    }),
    [`${ONLY_V1} msg_11dc105a0001w2o4HJ921372E2`]: answered(
      "Only in the v1 tables.",
      1791500551622,
      1791500551822,
      { parent_id: "msg_11dc105000017kTOc8H1lLx2Ro" },
    ),
  },
  toolCalls: {},
  events: {},
};
