/** Above 0 where `a` is newer (semver.org §11, build metadata and all). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (let part = 0; part < 3; part++) {
    const order = (left.numbers[part] ?? 0) - (right.numbers[part] ?? 0);
    if (order) return order;
  }
  return comparePrereleases(left.prerelease, right.prerelease);
}

function parse(version: string): { numbers: number[]; prerelease: string[] } {
  const [core = "", ...rest] = (version.split("+")[0] ?? "").split("-");
  const prerelease = rest.join("-");
  return {
    numbers: core.split(".").map((part) => Number.parseInt(part, 10) || 0),
    prerelease: prerelease ? prerelease.split(".") : [],
  };
}

function comparePrereleases(a: string[], b: string[]): number {
  if (!a.length || !b.length) return b.length - a.length;
  for (let part = 0; part < Math.max(a.length, b.length); part++) {
    const [left, right] = [a[part], b[part]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left !== right) return compareIdentifiers(left, right);
  }
  return 0;
}

function compareIdentifiers(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
  return a < b ? -1 : 1;
}
