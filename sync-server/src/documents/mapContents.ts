import type * as Y from 'yjs';

/** Makes a map say exactly `wanted`, and writes only what differs: every write stays in the document. */
export function setMapContents(map: Y.Map<unknown>, wanted: ReadonlyMap<string, unknown>): void {
  for (const key of [...map.keys()]) if (!wanted.has(key)) map.delete(key);
  for (const [key, value] of wanted) {
    if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
  }
}
