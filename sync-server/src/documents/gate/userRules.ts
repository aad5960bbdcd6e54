import { isRoomId, type RoomId, type UserId } from '@skerry/protocol/ids.ts';
import { MAX_DRAFTS, MAX_USER_DOCUMENT_KEYS } from '@skerry/protocol/limits.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { refuseDraft } from '@skerry/protocol/user/draft.ts';
import { refusePreference } from '@skerry/protocol/user/preferences.ts';
import { parseReadMark } from '@skerry/protocol/user/readMark.ts';
import { USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import type { KeyChange } from './chains.ts';
import { judge } from './gate.ts';
import { hostile, refuse } from './objection.ts';
import type { Rules } from './rules.ts';
import type { Effects, Frame, GateVerdict, Reading, View } from './verdict.ts';

const { reads, drafts, preferences } = USER_ROOTS;
const ROOTS: ReadonlySet<string> = new Set([reads, drafts, preferences]);

/** What the gate may look at of a person's own document. */
export interface UserView extends View {
  owner: UserId;
}

/** Decides what one update may do to a user document. Rules U1 … are numbered in SPEC.md. */
export function judgeUser(
  view: UserView,
  update: Uint8Array,
  userId: UserId,
  frame: Frame,
): GateVerdict {
  return judge(userRules(view, userId), view, update, userId, frame);
}

function userRules(view: UserView, userId: UserId): Rules {
  return {
    roots: ROOTS,
    objectToSet: (change, value) => {
      if (userId !== view.owner) return hostile('author');
      if (change.root !== preferences && !isRoomId(change.key)) return hostile('key');
      if (value === undefined) return undefined;
      const code = refuseValue(change, value);
      return code === undefined ? undefined : refuse(code);
    },
    objectToLast: () => undefined,
    objectToWhole: (changes) => objectToSize(view, changes),
    effectsOf,
  };
}

function refuseValue({ root, key }: KeyChange, value: unknown): RefusalCode | undefined {
  if (root === drafts) return refuseDraft(value);
  if (root === preferences) return refusePreference(key, value);
  return parseReadMark(value) === undefined ? 'shape' : undefined;
}

/** A key stays, whatever its value; and drafts are the one thing here that can be long. */
function objectToSize(
  { doc }: View,
  changes: readonly KeyChange[],
): ReturnType<Rules['objectToWhole']> {
  for (const root of [reads, drafts]) {
    const added = changes.filter((change) => change.root === root && change.isNew);
    const [first] = added;
    if (first !== undefined && doc.getMap(root).size + added.length > MAX_USER_DOCUMENT_KEYS)
      return { objection: refuse('too-large'), key: `${root}/${first.key}` };
  }
  const begun = new Set<string>();
  for (const [key, value] of doc.getMap(drafts)) if (value !== null) begun.add(key);
  let last: string | undefined;
  for (const { root, key, value } of changes) {
    if (root !== drafts) continue;
    if (value === null) begun.delete(key);
    else if (!begun.has(key)) begun.add((last = key));
  }
  return last === undefined || begun.size <= MAX_DRAFTS
    ? undefined
    : { objection: refuse('too-large'), key: `${drafts}/${last}` };
}

function effectsOf(changes: Iterable<KeyChange>): Effects {
  const reading: Reading = { marks: [] };
  for (const { root, key, value } of changes) {
    const mark = root === reads ? parseReadMark(value) : undefined;
    if (mark !== undefined) reading.marks.push({ roomId: key as RoomId, mark });
    if (root === preferences && key === 'receipts') reading.sharesReceipts = value === true;
  }
  return { posts: [], edits: [], reading };
}
