import { createHash } from "node:crypto";

/** How the page looks: light or dark as the reader's system is, and readable on a phone. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--front:#1f2328;--aside:#59636e;--line:#d1d9e0;--panel:#f6f8fa;--user:#0550ae}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--front:#e6edf3;--aside:#9198a1;--line:#3d444d;--panel:#151b23;--user:#79c0ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--back);color:var(--front);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem}
h2{font-size:.9rem;margin:0 0 .4rem;color:var(--aside);font-weight:600}
.user>h2{color:var(--user)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;font-size:.9rem}
dt{color:var(--aside)}
dd{margin:0}
article{border-top:1px solid var(--line);padding:.8rem 0}
p{margin:.4rem 0;white-space:pre-wrap}
pre{margin:.4rem 0;padding:.6rem;background:var(--panel);border-radius:.4rem;overflow-x:auto;font:.85rem/1.45 ui-monospace,monospace}
details pre{white-space:pre-wrap;max-height:30rem;overflow-y:auto}
summary{cursor:pointer;font:.85rem/1.6 ui-monospace,monospace;color:var(--aside)}
.call,.event{font:.85rem/1.6 ui-monospace,monospace;color:var(--aside)}
.agent{margin:.4rem 0 .4rem .4rem;padding-left:.8rem;border-left:3px solid var(--line)}
.failed{color:#cf222e}
a{color:inherit}
`;

const HASH = createHash("sha256").update(STYLE).digest("base64");

/** What the page may do: show that style, and nothing else; no script runs and nothing is loaded. */
export const POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'`;
