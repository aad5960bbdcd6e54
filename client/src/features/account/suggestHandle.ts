const MAX_LENGTH = 32;
const MIN_LENGTH = 2;

/** A handle made from a name: "Ann Håkon" → "ann_hakon". Empty when nothing usable is left. */
export function suggestHandle(displayName: string): string {
  const handle = displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, MAX_LENGTH)
    .replaceAll(/_+$/g, '');
  return handle.length < MIN_LENGTH ? '' : handle;
}
