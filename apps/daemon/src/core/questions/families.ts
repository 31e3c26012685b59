/** These sessions and all that they started, to any depth, by which session started which. */
export function familyOf(
  ids: readonly string[],
  links: readonly (readonly [id: string, parentId: string])[],
): string[] {
  const children = new Map<string, string[]>();
  for (const [id, parent] of links) children.set(parent, [...(children.get(parent) ?? []), id]);
  const family = new Set(ids);
  // A set is gone through with what is added meanwhile.
  for (const member of family) {
    for (const child of children.get(member) ?? []) family.add(child);
  }
  return [...family];
}

/** The session that started this one, or the one that started that, up to the first; itself where none did. */
export function rootOf(id: string, parents: ReadonlyMap<string, string>): string {
  const passed = new Set([id]);
  let root = id;
  for (;;) {
    const parent = parents.get(root);
    // Sessions that started each other, which a damaged record may tell of.
    if (parent === undefined || passed.has(parent)) return root;
    passed.add(parent);
    root = parent;
  }
}
