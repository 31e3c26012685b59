/** A made-up secret in a text, put together here so that no scanner takes this file for one with secrets. */
export interface Sample {
  kind: string;
  text: string;
  /** What must not be left of the text. */
  secret: string;
}

const ALNUM = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD3fG5iJ7lM9nO1qR2tU4wX6yZ8bC0eF1hK3";
const some = (length: number) => ALNUM.repeat(Math.ceil(length / ALNUM.length)).slice(0, length);
const BODY = `MII${some(61)}\n${some(64)}\n${some(64)}\n${some(30)}==`;
const dashes = "-".repeat(5);
const pem = (kind: string, body = BODY) =>
  `${dashes}BEGIN ${kind}PRIVATE KEY${dashes}\n${body}\n${dashes}END ${kind}PRIVATE KEY${dashes}`;

/** What a service account of 1Password's has. */
const ACCOUNT = Buffer.from(
  JSON.stringify({ email: "a@b.c", muk: { k: some(40) }, secretKey: some(40), iterations: 1 }),
).toString("base64");

const within = (kind: string, before: string, secret: string, after = ""): Sample => ({
  kind,
  text: `${before}${secret}${after}`,
  secret,
});

/** One secret of each kind that is known, in the surroundings that agents' outputs have. */
export const SAMPLES: Sample[] = [
  within("aws-secret-access-key", "aws_secret_access_key = ", some(40), "\nregion = eu-west-1"),
  within("aws-access-key-id", "caller is ", `AK${"IA"}${"Q2W3E4R5T6Y7U8I9"}`, " of team a"),
  within("private-key", "cat id_rsa\n", pem("RSA "), "\n$ "),
  within(
    "private-key",
    '{"type":"service_account","private_key":"',
    pem("").replaceAll("\n", "\\n"),
    '\\n"}',
  ),
  within("private-key", "cut off: ", `${dashes}BEGIN OPENSSH PRIVATE KEY${dashes}\n${BODY}`),
  within("npm-access-token", "npm whoami with ", `np${"m_"}${some(36)}`, "\n"),
  within("npm-auth-token", "//registry.test/:_auth" + "Token=", some(30), "\n"),
  within("basic-auth", "git clone ", `https://build:${some(12)}@git.beta.io`, "/team/a.git"),
  within("slack-token", "SLACK=", `xo${"xb-"}123456789012-1234567890123-${some(24)}`),
  within(
    "incoming-webhook",
    "curl ",
    `https://hooks.slack.com/services/T${some(8)}/B${some(8)}/${some(24)}`,
  ),
  within("sendgrid-key", "key: ", `S${"G."}${some(22)}.${some(43)}`),
  within("shopify-key", "found ", `shp${"at_"}${some(32)}`),
  within("github-token", "remote: using ", `gh${"p_"}${some(36)}`, " for push"),
  within("github-token", "remote: using ", `github_${"pat_"}${some(82)}`, " for push"),
  within("openai-token", "key ", `sk-${"proj-"}${some(74)}T3Blbk${"FJ"}${some(74)}`),
  within("anthropic-api-key", "key ", `sk-${"ant-api03-"}${some(93)}AA`),
  within("linear-api-token", "key ", `lin_${"api_"}${some(40)}`),
  within("ops-token", "op ", `op${"s_"}${ACCOUNT}`),
  within("mongo-db-connection", "", `mongodb+srv://app:${some(14)}@mongo.alpha.io/main`),
  within("my-sql-connection", "", `mysql://app:${some(14)}@gamma.io:3306/shop`),
  within("postgre-sql-connection", "DATABASE is ", `postgres://app:${some(14)}@delta.io:5432/news`),
  within("json-web-token", "cookie ", `ey${"J"}${some(20)}.ey${"J"}${some(40)}.${some(43)}`),
  within("stripe-key", "charge with ", `sk_${"live_"}${some(24)}`),
  within("google-api-key", "maps?key=", `AI${"za"}${some(35)}`, "&x=1"),
  within("google-oauth-token", "got ", `ya${"29."}${some(60)}`),
  within("gitlab-token", "push with ", `gl${"pat-"}${some(20)}`),
  within("hugging-face-token", "pull with ", `h${"f_"}${some(34)}`),
  within("telegram-token", "bot ", `123456789:A${"A"}${some(33)}`),
  within(
    "azure-storage-key",
    "AccountName=a;Account" + "Key=",
    `${some(86)}==`,
    ";EndpointSuffix=x",
  ),
  within("api-key", "openrouter ", `sk-${"or-v1-"}${some(48)}`),
  within("authorization", "> Authorization: Bearer ", some(32), "\n> Accept: */*"),
  within("authorization", '{\\"authorization\\":\\"Basic ', `${some(22)}==`, '\\"}'),
  within("url-password", "REDIS is redis://:", some(18), "@cache:6379/0"),
  within("assigned-secret", "HOME=/home/a\nDB_PASSWORD=", some(16), "\nLANG=C.UTF-8"),
  within("assigned-secret", 'export STRIPE_WEBHOOK_SECRET="', some(16), '"'),
  within("assigned-secret", '{"user":"a","password":"', some(12), '","port":5432}'),
  within("assigned-secret", '{\\"clientSecret\\": \\"', some(24), '\\"}'),
];

/** What agents' records are full of and what holds no secret. */
export const CLEAN: string[] = [
  "",
  "\uFEFFsecretlint-disable\nnothing to see",
  "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\nAuthor: A <a@example.com>",
  "export MAX_TOKENS=200000\nTOKEN_FILE=/run/secrets/token\nPASSWORD=$DB_PASSWORD API_KEY=<your key>",
  'const token = await getToken();\nconst password = process.env.PASSWORD ?? "";',
  '{"name":"sessions","count":12,"path":"/home/a/src/index.ts","hash":"e3b0c44298fc1c149afbf4c8996fb924"}',
  "at Object.<anonymous> (/home/a/project/src/auth/token.ts:12:5)\n    at node:internal/main:1:1",
  "https://example.com/a?b=c#d and git@github.com:team/project.git and postgres://localhost/test",
  "keys: 550e8400-e29b-41d4-a716-446655440000, sk-fading-circle-animation, eyJ is how a token begins",
  "error TS2345: Argument of type 'string' is not assignable to parameter of type 'Password'.",
];
