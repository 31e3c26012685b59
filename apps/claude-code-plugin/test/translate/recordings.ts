/**
 * The rows that each recording in test/fixtures/claude-code must give, written down from reading
 * its lines. All were made on 2026-11-22 between 11:01 and 11:11; times here are minute:second.
 */
export interface Recording {
  name: string;
  sessions: Record<string, unknown>[];
  messages: Record<string, unknown>[];
}

const t = (minutes: string) => Date.parse(`2026-11-22T11:${minutes}Z`);

/** A session's row: what every recording has in common, then its own. Tokens in the order of cost-state. */
function session(
  id: string,
  project: string,
  counted: { cost: number; tokens: [number, number, number, number, number]; hour?: number } | null,
  own: Record<string, unknown>,
) {
  const [input, output, thinking, cacheRead, cacheWrite] = counted?.tokens ?? [];
  return {
    id,
    source: "claude-code",
    sourceInferred: false,
    titleKind: "prompt",
    projectPath: `/home/dev/src/${project}`,
    projectName: project,
    gitBranch: "master",
    model: "claude-opus-5-5",
    provider: "anthropic",
    agentVersion: "2.1.330",
    status: "idle",
    promptTokens: input ?? null,
    completionTokens: output ?? null,
    reasoningTokens: thinking ?? null,
    cacheReadTokens: cacheRead ?? null,
    cacheWriteTokens: cacheWrite ?? null,
    cacheWrite1hTokens: counted?.hour ?? null,
    cost: counted?.cost ?? null,
    linesAdded: counted && 0,
    linesRemoved: counted && 0,
    ...own,
  };
}

function prompt(sessionId: string, id: string, text: string, at: string) {
  return {
    id,
    sessionId,
    source: "claude-code",
    sourceInferred: false,
    role: "user",
    isSidechain: false,
    textContent: text,
    createdAt: t(at),
    updatedAt: t(at),
  };
}

/** An answer of the fake model, which always counts 37 tokens in, 15000 from the cache, 1200 into it. */
function answer(
  sessionId: string,
  id: string,
  text: string | null,
  own: {
    request: string;
    out: number;
    finish?: string;
    asked: string;
    first: string;
    last?: string;
  },
) {
  const last = own.last ?? own.first;
  return {
    id,
    sessionId,
    source: "claude-code",
    sourceInferred: false,
    role: "assistant",
    textContent: text,
    model: "claude-opus-5-5",
    provider: "anthropic",
    finishReason: own.finish ?? "end_turn",
    promptTokens: 37,
    completionTokens: own.out,
    reasoningTokens: 0,
    cacheReadTokens: 15000,
    cacheWriteTokens: 1200,
    cacheWrite1hTokens: 1000,
    isSidechain: false,
    requestId: own.request,
    durationMs: t(last) - t(own.asked),
    createdAt: t(own.first),
    completedAt: t(last),
    updatedAt: t(last),
  };
}

const TEXT = "8f000cf0-84ef-4302-ad72-9ffa0dc0725c";
const MULTI = "663f75f1-4ffd-454d-aaec-33c9f7e6eaac";
const RESUME = "5d5646ff-d097-473a-a04e-d4623911d8f0";
const TASK = "8d5725e1-e91a-4e35-8836-b40d6559d466";
const COMPACT = "1de18200-47dc-4009-9834-2287757bddf3";
const TITLE = "843369c0-0bb2-43b2-b64f-319b589a488c";
const ERR400 = "01d8dba9-ae4c-40e5-a511-00e075edd596";
const ERR500 = "da9eae8d-8f06-446e-bfe6-77f7f8e86029";
const INT = "585bbc70-85d9-4a32-ae84-651a6115dc54";
const CLEARED = "2449429f-8863-45e1-80d6-5fb3d646b9ef";

/** The sub-agent of `task`. */
const SUB_AGENT = { agentId: "a7bf24a5f49edcc5d", agent: "general-purpose", isSidechain: true };

const BASHFAIL = "e49f8166-7f0d-4f79-97aa-c87ad99f12e2";
const DENIED = "1d1ff07a-092a-4f25-8ec8-b6ca6531b7ab";
const WRITE = "70d25cdb-7aad-463e-92dc-9e6151927d08";

const SLOW = Array.from({ length: 10 }, (_, n) => `Line number ${n} of a slow answer.\n`).join("");

export const RECORDINGS: Recording[] = [
  {
    name: "text",
    sessions: [
      session(
        TEXT,
        "text",
        { cost: 0.012548, tokens: [37, 20, 0, 15000, 1200], hour: 1000 },
        {
          title: "hello",
          createdAt: t("01:06.273"),
          updatedAt: t("01:06.543"),
        },
      ),
    ],
    messages: [
      prompt(TEXT, "fd483e71-be64-4d09-95c9-9a7f6313303d", "hello", "01:06.325"),
      answer(TEXT, "msg_015ykXAeSqF74zyExcfCPX9w", "Fake answer number 2 to: hello", {
        request: "req_010Syq4QQmKa2vqX5nr2Fev8",
        out: 20,
        asked: "01:06.437",
        first: "01:06.449",
      }),
    ],
  },
  {
    name: "multi",
    sessions: [
      session(
        MULTI,
        "multi",
        { cost: 0.03944400000000001, tokens: [111, 150, 0, 45000, 3600], hour: 3000 },
        {
          title: "#multi please",
          createdAt: t("01:08.216"),
          updatedAt: t("01:08.845"),
        },
      ),
    ],
    messages: [
      prompt(MULTI, "ee93e1c7-df98-48ec-b79c-7c9eba3f85d9", "#multi please", "01:08.266"),
      {
        reasoningText: "I should run two tools in parallel.",
        reasoningBytes: 35,
        ...answer(MULTI, "msg_01DLKYogjnTQHoCAm2NXMpgH", "Running two tools at once.", {
          request: "req_01944KT6bowqUaNwoaKc1B80",
          out: 95,
          finish: "tool_use",
          asked: "01:08.380",
          first: "01:08.385",
          last: "01:08.432",
        }),
      },
      answer(MULTI, "msg_018ncRkS0yUJfz3QmYxLzLsk", null, {
        request: "req_01FG2VncwS0pHMGt5LHrgHLP",
        out: 35,
        finish: "tool_use",
        asked: "01:08.644",
        first: "01:08.646",
      }),
      answer(MULTI, "msg_019iaLmfT9c6xdf2xuJL40e8", "All three commands ran. Final.", {
        request: "req_017f8GtoYLaKKcVxDPNYTzra",
        out: 20,
        asked: "01:08.772",
        first: "01:08.781",
      }),
    ],
  },
  {
    name: "resume",
    sessions: [
      session(
        RESUME,
        "resume",
        { cost: 0.050972, tokens: [148, 119, 0, 60000, 4800], hour: 4000 },
        {
          title: "first prompt",
          createdAt: t("05:17.473"),
          updatedAt: t("05:21.105"),
        },
      ),
    ],
    messages: [
      prompt(RESUME, "16d19eca-7e30-4b03-9aec-2b9b23194cfe", "first prompt", "05:17.517"),
      answer(RESUME, "msg_01NwfEqkXoF991Ukr7W2xj8A", "Fake answer number 5 to: first prompt", {
        request: "req_01xFJ4AKF3Fo8wkscRUDGECE",
        out: 21,
        asked: "05:17.663",
        first: "05:17.678",
      }),
      prompt(
        RESUME,
        "a37149f1-642d-4e08-aadd-71ef71b717b7",
        "second prompt via continue",
        "05:18.725",
      ),
      answer(
        RESUME,
        "msg_01A9eX1Y7acfmP3HL1v5mEDW",
        "Fake answer number 6 to: second prompt via continue",
        {
          request: "req_01p5AN5AUQAqeDxA16c9xrQW",
          out: 25,
          asked: "05:18.859",
          first: "05:18.872",
        },
      ),
      prompt(RESUME, "cf26893f-d716-4708-8e3e-3691045bf7de", "#bash third via resume", "05:20.253"),
      answer(RESUME, "msg_01MSpG1KT1CcUKcj12ZGS9sk", "I will run a command.", {
        request: "req_01g5zSTGuXd45TSkKjJjohos",
        out: 53,
        finish: "tool_use",
        asked: "05:20.470",
        first: "05:20.481",
        last: "05:20.571",
      }),
      answer(RESUME, "msg_01fGqxjngFh1wbd7K6pu35bN", "The command ran; final answer.", {
        request: "req_013rU47D67PFPeYtdB53b2pN",
        out: 20,
        asked: "05:20.888",
        first: "05:20.891",
      }),
    ],
  },
  {
    name: "task",
    sessions: [
      session(
        TASK,
        "task",
        { cost: 0.06428, tokens: [185, 177, 0, 75000, 6000], hour: 5000 },
        {
          title: "#task please",
          createdAt: t("04:48.213"),
          updatedAt: t("04:50.427"),
        },
      ),
    ],
    messages: [
      prompt(TASK, "ffbe120b-4ae6-4c8e-b7a1-a7459182e194", "#task please", "04:48.265"),
      answer(TASK, "msg_01UMYj5xky6uT0g0JSFHWMGH", "Delegating to a subagent.", {
        request: "req_01V4Cgot7SiFArNueUnhyCE9",
        out: 62,
        finish: "tool_use",
        asked: "04:48.465",
        first: "04:48.476",
        last: "04:48.565",
      }),
      answer(TASK, "msg_01XF1ENy6q5eVJxjRFKVkFUD", "The subagent returned; final answer.", {
        request: "req_01xwiWa2GEKxwpFZEc1GZvj3",
        out: 21,
        asked: "04:49.133",
        first: "04:49.146",
      }),
      answer(TASK, "msg_015FG2PZWr9utKr0926gGF0L", "The subagent returned; final answer.", {
        request: "req_014siF5cq9tJLPpAqeUn9hGt",
        out: 21,
        asked: "04:50.269",
        first: "04:50.270",
      }),
      {
        ...prompt(
          TASK,
          "c744b480-b103-44ac-a49b-1fcf0914aa14",
          "#bash do the sub work",
          "04:48.635",
        ),
        ...SUB_AGENT,
      },
      {
        ...answer(TASK, "msg_01QcA04HK3fnLQCCf4fC2nQq", "I will run a command.", {
          request: "req_01HTBJQEDvid4StvmjsRSPwH",
          out: 53,
          finish: "tool_use",
          asked: "04:49.134",
          first: "04:49.180",
          last: "04:49.183",
        }),
        ...SUB_AGENT,
      },
      {
        ...answer(TASK, "msg_01wGt8cVTzyhFF799h623wss", "The command ran; final answer.", {
          request: "req_01NXJHEe0Wzpd4AsYV5WiRun",
          out: 20,
          asked: "04:49.818",
          first: "04:49.820",
        }),
        ...SUB_AGENT,
      },
    ],
  },
  {
    name: "compact",
    sessions: [
      session(
        COMPACT,
        "compact",
        { cost: 0.06398000000000001, tokens: [185, 162, 0, 75000, 6000], hour: 5000 },
        {
          title: "first prompt to compact",
          createdAt: t("06:20.341"),
          updatedAt: t("06:29.558"),
        },
      ),
    ],
    messages: [
      prompt(
        COMPACT,
        "40786ee2-c17b-49b8-8350-91a8f29995aa",
        "first prompt to compact",
        "06:20.547",
      ),
      answer(
        COMPACT,
        "msg_01hCnyFTfUb3VB46vB0DqaNB",
        "Fake answer number 1 to: first prompt to compact",
        {
          request: "req_01jq3sNG05FCGz8HeWw61tZ0",
          out: 24,
          asked: "06:20.772",
          first: "06:20.824",
        },
      ),
      prompt(COMPACT, "573139c5-6a09-4478-8118-39f039d1513e", "#bash second", "06:22.752"),
      answer(COMPACT, "msg_01TtUaQ4kKgG2CAAFMDjkAKq", "I will run a command.", {
        request: "req_01UijNPt8KC3c5yZacpvbnDJ",
        out: 53,
        finish: "tool_use",
        asked: "06:23.013",
        first: "06:23.022",
        last: "06:23.153",
      }),
      answer(COMPACT, "msg_01orDcSL476stfqubsLjJraB", "The command ran; final answer.", {
        request: "req_01vobHLnwDXt6ENX3mynJnEE",
        out: 20,
        asked: "06:23.821",
        first: "06:23.840",
      }),
      prompt(COMPACT, "b56f89cd-5487-412a-b4b6-8f9f424f545f", "after the compact", "06:28.356"),
      answer(
        COMPACT,
        "msg_01naMRFGWaQWywG1RHhgn1Ca",
        "Fake answer number 2 to: after the compact",
        {
          request: "req_01TgKRCsLhcK36T7pyVzuvkr",
          out: 23,
          asked: "06:29.089",
          first: "06:29.163",
        },
      ),
    ],
  },
  {
    name: "title",
    sessions: [
      session(
        TITLE,
        "title",
        { cost: 0.037844, tokens: [111, 70, 0, 45000, 3600], hour: 3000 },
        {
          title: "Fake title for the session",
          titleKind: "generated",
          gitBranch: "HEAD",
          createdAt: t("10:08.376"),
          updatedAt: t("10:13.667"),
        },
      ),
    ],
    messages: [
      prompt(TITLE, "11111111-2222-4333-8444-555555555555", "hello stream json", "10:08.434"),
      answer(TITLE, "msg_01ubNsJG1gHHSJEGh49oTqLw", "Fake answer number 6 to: hello stream json", {
        request: "req_012DMax1RhTxjFEpjkPkufzm",
        out: 23,
        asked: "10:08.601",
        first: "10:08.614",
      }),
      prompt(TITLE, "18c8ba8a-9e52-4591-85ce-83d5b7624ca4", "second in same process", "10:13.406"),
      answer(
        TITLE,
        "msg_01uvGoz25m8CXErX9DXzsmQp",
        "Fake answer number 7 to: second in same process",
        {
          request: "req_013qAvSf8YGn5HKZ1Cq98G06",
          out: 24,
          asked: "10:13.541",
          first: "10:13.550",
        },
      ),
    ],
  },
  {
    name: "err400",
    sessions: [
      session(
        ERR400,
        "err400",
        { cost: 0, tokens: [0, 0, 0, 0, 0] },
        {
          title: "#err400 please",
          model: null,
          provider: null,
          status: "error",
          error: "API Error: 400 messages: fake bad request",
          createdAt: t("01:56.950"),
          updatedAt: t("01:57.332"),
        },
      ),
    ],
    messages: [
      prompt(ERR400, "153af398-d909-45e3-ae86-bfa3758a6c6c", "#err400 please", "01:57.067"),
      {
        id: "f5f5c008-e6d1-4af3-98f8-7766e75c1821",
        sessionId: ERR400,
        source: "claude-code",
        sourceInferred: false,
        role: "assistant",
        textContent: "API Error: 400 messages: fake bad request",
        error: "API Error: 400 messages: fake bad request",
        promptTokens: 0,
        completionTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        cacheWrite1hTokens: 0,
        isSidechain: false,
        requestId: "req_01yC7jxm53r0UNkQ9u9C3ghS",
        createdAt: t("01:57.332"),
        updatedAt: t("01:57.332"),
      },
    ],
  },
  {
    name: "err500x2",
    sessions: [
      session(
        ERR500,
        "err500x2",
        { cost: 0.012528000000000001, tokens: [37, 19, 0, 15000, 1200], hour: 1000 },
        {
          title: "#err500=2 please",
          createdAt: t("01:49.466"),
          updatedAt: t("01:51.493"),
        },
      ),
    ],
    messages: [
      prompt(ERR500, "bf8b5e69-e5d9-4205-981a-4d11d2ea4810", "#err500=2 please", "01:49.521"),
      answer(ERR500, "msg_0187TFngBEUpw9yExAGYLdCS", "Recovered after 2 failures.", {
        request: "req_01qH8Vxiu6x79SHT6j7mZsJr",
        out: 19,
        asked: "01:51.360",
        first: "01:51.363",
      }),
    ],
  },
  {
    name: "int1",
    sessions: [
      session(
        INT,
        "int",
        { cost: 0.10408399999999998, tokens: [296, 345, 0, 120000, 9600], hour: 8000 },
        {
          title: "my-renamed-session",
          titleKind: "user",
          createdAt: t("07:35.203"),
          updatedAt: t("08:29.590"),
        },
      ),
      session(CLEARED, "int", null, {
        title: "my-renamed-session",
        titleKind: "user",
        createdAt: t("08:31.920"),
        updatedAt: t("08:38.479"),
      }),
    ],
    messages: [
      prompt(INT, "18e9e378-9749-4e36-bd24-e8bfef58d7f7", "hello interactive", "07:35.203"),
      answer(INT, "msg_01ntanGANGdg9KFR1UXvcspf", "Fake answer number 3 to: hello interactive", {
        request: "req_010NZNzW5t3qLpYFASy2ayGS",
        out: 23,
        asked: "07:35.624",
        first: "07:35.633",
      }),
      prompt(INT, "6b883d28-1308-4db9-843f-48faf3baef8c", "#bash please", "07:38.098"),
      answer(INT, "msg_01TmT77EBUGDyw2s4Ate6p9k", "I will run a command.", {
        request: "req_010UTjFEFYrC7k0TRz25i1Fb",
        out: 53,
        finish: "tool_use",
        asked: "07:38.237",
        first: "07:38.245",
        last: "07:38.267",
      }),
      answer(INT, "msg_01gY2wp0FrF7nbjgC3XkrSAv", "The command ran; final answer.", {
        request: "req_01iByxTkQzrV6J98NhR4C9w7",
        out: 20,
        asked: "07:38.745",
        first: "07:38.751",
      }),
      prompt(INT, "8545707e-87bf-46af-b1cd-00dcd976267f", "#slow=200 please", "07:42.136"),
      {
        id: "msg_01fD3DynbiBUk0Avk23XJDH9",
        sessionId: INT,
        source: "claude-code",
        sourceInferred: false,
        role: "assistant",
        textContent: `Slow answer. ${SLOW}Line number 10 of a slow an`,
        model: "claude-opus-5-5",
        provider: "anthropic",
        promptTokens: 37,
        completionTokens: 1,
        cacheReadTokens: 15000,
        cacheWriteTokens: 1200,
        cacheWrite1hTokens: 1000,
        isSidechain: false,
        requestId: "req_01Rt2J6H0iHqQpF7tKGD0zSs",
        createdAt: t("07:46.121"),
        updatedAt: t("07:46.121"),
      },
      prompt(INT, "4edc962c-4744-446a-9512-6841db62f03d", "#sleepbash=6 go", "08:09.873"),
      answer(INT, "msg_01H3AhW9HgL4afr4g0kmcjwE", null, {
        request: "req_01BmAT5613AuEJdxq5V7wqq5",
        out: 41,
        finish: "tool_use",
        asked: "08:10.061",
        first: "08:10.077",
      }),
      prompt(INT, "7a1b1500-6671-48d6-8b4c-93e3714dea41", "queued message one", "08:12.340"),
      prompt(INT, "88b1f7e5-7239-4983-ad08-388db2aca6ec", "queued message two", "08:12.852"),
      answer(INT, "msg_01vzZtSKHye5Edmj7yD04WGW", "Slept.", {
        request: "req_01NmHkiAXCtt4k0bTTeY65VB",
        out: 14,
        asked: "08:16.505",
        first: "08:16.520",
      }),
      answer(
        INT,
        "msg_01VM2Mx0taM0bnTRFf53cuu0",
        "Fake answer number 4 to: <bash-stdout>from-bang</bash-stdout><bash-stderr></bash-stde",
        {
          request: "req_01VibCS8M4Rg1ExUs7paBEtz",
          out: 33,
          asked: "08:23.531",
          first: "08:23.548",
        },
      ),
      prompt(INT, "d6c37b7a-c49f-4327-ae73-c43b5eb3c7cb", "#sleepbash=20 again", "08:26.487"),
      answer(INT, "msg_01VwysREAimTd06kTm9uLWWb", null, {
        request: "req_016q4xG1a1W2uTJBqh0NNRDC",
        out: 41,
        finish: "tool_use",
        asked: "08:26.624",
        first: "08:26.639",
      }),
      prompt(CLEARED, "2847c942-ecb5-4cc6-938d-8533274dad43", "after clear", "08:34.733"),
      answer(CLEARED, "msg_011FFdR7yyu4p9Kiq2JB9wAq", "Fake answer number 5 to: after clear", {
        request: "req_01TDdst6K8K0T7eqTQJuJiNA",
        out: 21,
        asked: "08:34.956",
        first: "08:34.971",
      }),
    ],
  },
  {
    name: "bashfail",
    sessions: [
      session(
        BASHFAIL,
        "bashfail",
        { cost: 0.025516000000000004, tokens: [74, 61, 0, 30000, 2400], hour: 2000 },
        {
          title: "#bashfail please",
          createdAt: t("01:43.255"),
          updatedAt: t("01:44.508"),
        },
      ),
    ],
    messages: [
      prompt(BASHFAIL, "3b0815aa-7f62-433d-a235-73dacc92b5cc", "#bashfail please", "01:43.313"),
      answer(BASHFAIL, "msg_01FAjc9bCK47zWKcEPNxrpF0", null, {
        request: "req_017ZwvDJEZYx91mvLGda7n4o",
        out: 42,
        finish: "tool_use",
        asked: "01:43.485",
        first: "01:43.493",
      }),
      answer(BASHFAIL, "msg_012Cbi5YygEB2W51rf0BvcTb", "The command failed, as seen.", {
        request: "req_01nGxfEyZ0cqyhW79h0ZswAG",
        out: 19,
        asked: "01:44.112",
        first: "01:44.114",
      }),
    ],
  },
  {
    name: "denied",
    sessions: [
      session(
        DENIED,
        "denied",
        { cost: 0.025536000000000003, tokens: [74, 62, 0, 30000, 2400], hour: 2000 },
        {
          title: "#write=/home/dev/src/denied/out.txt please",
          createdAt: t("01:45.449"),
          updatedAt: t("01:46.057"),
        },
      ),
    ],
    messages: [
      prompt(
        DENIED,
        "f90af4ac-3bf3-4f40-b335-bedf4122cb45",
        "#write=/home/dev/src/denied/out.txt please",
        "01:45.511",
      ),
      answer(DENIED, "msg_01xN4pAAZVsEQxHh0VoMVs8j", null, {
        request: "req_01xKAYovix3FU1njg0Qg0vXz",
        out: 46,
        finish: "tool_use",
        asked: "01:45.636",
        first: "01:45.645",
      }),
      answer(DENIED, "msg_01iYerGzzWn7X8MKWPz3fcp7", "Wrote the file.", {
        request: "req_01YWW5KuiCdxzGf0e8h70ya0",
        out: 16,
        asked: "01:45.906",
        first: "01:45.907",
      }),
    ],
  },
  {
    name: "write",
    sessions: [
      session(
        WRITE,
        "write",
        { cost: 0.025536000000000003, tokens: [74, 62, 0, 30000, 2400], hour: 2000 },
        {
          linesAdded: 3,
          title: "#write=/home/dev/src/write/out.txt please",
          createdAt: t("01:41.172"),
          updatedAt: t("01:42.155"),
        },
      ),
    ],
    messages: [
      prompt(
        WRITE,
        "54bc8f98-5ac6-4310-8d31-7721d9044871",
        "#write=/home/dev/src/write/out.txt please",
        "01:41.254",
      ),
      answer(WRITE, "msg_01Kv8hGPYcF6uBCCwVtMr8cS", null, {
        request: "req_01den6mC64EgTcevFhPkK240",
        out: 46,
        finish: "tool_use",
        asked: "01:41.479",
        first: "01:41.489",
      }),
      answer(WRITE, "msg_01scEWoy3sRcFn431nRa05Xw", "Wrote the file.", {
        request: "req_01UzN9u4uUqq0YCf7PbGZdFj",
        out: 16,
        asked: "01:41.985",
        first: "01:41.989",
      }),
    ],
  },
];
