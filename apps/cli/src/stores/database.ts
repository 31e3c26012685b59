import { statSync } from "node:fs";
import { readDatabase } from "@duolog/daemon/import";
import type { Place } from "../place.ts";
import type { Store } from "./store.ts";

/** Another record: a duolog database of this version, or an earlier one. */
export function databaseStore(place: Place, file: string): Store {
  const { paths, migrations } = place;
  return {
    source: null,
    translator: 0,
    places: [file],
    whole: null,
    parts: [
      {
        id: file,
        fingerprint: "",
        writtenAt: 0,
        bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0,
        read: () => readDatabase({ file, scratch: paths.root, migrations }),
      },
    ],
    left: [],
    close: () => {},
  };
}
