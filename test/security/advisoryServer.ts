import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What `npm audit` is told of a package: an advisory as the registry's bulk endpoint gives it. */
export interface Advisory {
  id: number;
  url: string;
  title: string;
  severity: "low" | "moderate" | "high" | "critical";
  vulnerable_versions: string;
}
export type Advisories = Record<string, Advisory[]>;

/**
 * A registry on 127.0.0.1 that answers what `npm audit` asks, from the given advisories: POST
 * /-/npm/v1/security/advisories/bulk, a gzipped object of names and versions. It knows no package.
 * Source: npm's @npmcli/arborist, lib/audit-report.js.
 */
export class AdvisoryServer implements AsyncDisposable {
  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    /** Names of the packages that were asked about. */
    readonly asked: Set<string>,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  static async start(advisories: Advisories): Promise<AdvisoryServer> {
    const asked = new Set<string>();
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (request.method !== "POST") return response.writeHead(404).end("{}");
      const names = Object.keys(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()));
      for (const name of names) asked.add(name);
      const known = names.filter((name) => advisories[name]);
      response.end(
        JSON.stringify(Object.fromEntries(known.map((name) => [name, advisories[name]]))),
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new AdvisoryServer(server, asked);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
