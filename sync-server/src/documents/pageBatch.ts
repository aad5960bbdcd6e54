import type { ClientId, EpochMs, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, orderOf, peopleOf, type OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import * as Y from 'yjs';
import type { ClientRow, EditRow, LogEntry, MentionRow, PostRow } from './commitStatement.ts';
import type { Acceptance, AcceptedMessage, Standing } from './gate/verdict.ts';
import type { EncodedSize } from './encodedSize.ts';
import { Overlaps } from './overlaps.ts';
import type { PageSize } from './pageBounds.ts';
import { mintPageUpdate } from './serverStructs.ts';
import type { Batch } from './writing.ts';

interface Page {
  name: string;
  roomId: RoomId;
  page: number;
  doc: Y.Doc;
  version: number;
  rules: number;
  firstNumber: number;
  size: EncodedSize;
  limits: PageSize;
  serverClientId: ClientId;
  now: EpochMs;
  standingOf: (userId: UserId) => Standing | undefined;
}

/** What one turn of a page's lane accepted. */
export class PageBatch implements Batch {
  readonly #page: Page;
  readonly #updates: Uint8Array[] = [];
  readonly #clients: ClientRow[] = [];
  readonly #posts: PostRow[] = [];
  readonly #edits: EditRow[] = [];
  readonly #mentions: MentionRow[] = [];
  readonly #unmentions: MentionRow[] = [];
  readonly #order: OrderEntry[] = [];
  readonly #people = new Map<UserId, [string, string]>();
  readonly #overlaps = new Overlaps();
  #bytes = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  get isEmpty(): boolean {
    return this.#updates.length === 0;
  }

  /** Ids that the batch numbers. */
  get postedIds(): MessageId[] {
    return this.#posts.map(({ id }) => id);
  }

  /** Ids of the messages whose words it repeats. */
  get quotedIds(): MessageId[] {
    return this.#posts.flatMap(({ quoted }) => quoted ?? []);
  }

  meets(accepted: Acceptance, update: Uint8Array): boolean {
    // The first one may be the one that fills the page.
    return this.#overlaps.meets(accepted) || (!this.isEmpty && !this.#hasRoomFor(accepted, update));
  }

  add(update: Uint8Array, userId: UserId, accepted: Acceptance): void {
    this.#updates.push(update);
    this.#bytes += update.length;
    this.#overlaps.add(accepted);
    for (const id of accepted.clients.keys()) this.#clients.push({ id, owner: userId });
    for (const post of accepted.posts) this.#addPost(post, userId);
    for (const edit of accepted.edits) this.#addEdit(edit);
    if (accepted.posts.length > 0) this.#introduce(userId);
  }

  toEntry(): LogEntry {
    const { name, version, rules } = this.#page;
    return {
      ...{ name, version, rules },
      update: Y.mergeUpdates([...this.#updates, ...this.#mint()]),
      clients: this.#clients,
      ...{ posts: this.#posts, edits: this.#edits },
      ...{ mentions: this.#mentions, unmentions: this.#unmentions },
    };
  }

  /** What the server adds: numbers, and the names of authors. */
  #mint(): Uint8Array[] {
    const people = [...this.#people];
    if (this.#order.length === 0 && people.length === 0) return [];
    const { doc, serverClientId } = this.#page;
    this.#clients.push({ id: serverClientId, owner: null });
    return [mintPageUpdate(doc, serverClientId, { order: this.#order, people }).update];
  }

  #hasRoomFor({ posts, clients }: Acceptance, update: Uint8Array): boolean {
    const { doc, limits, size } = this.#page;
    const { clients: known } = doc.store;
    const fresh = [...this.#overlaps.clients, ...clients.keys()].filter((id) => !known.has(id));
    return (
      orderOf(doc).length + this.#order.length + posts.length <= limits.messages &&
      known.size + fresh.length <= limits.clients &&
      !size.exceeds(limits.bytes, this.#bytes + update.length)
    );
  }

  #addPost({ id, record }: AcceptedMessage, author: UserId): void {
    if (isTombstone(record)) throw new Error('a tombstone got a number');
    const { doc, roomId, page, firstNumber, now } = this.#page;
    const number = firstNumber + orderOf(doc).length + this.#order.length;
    this.#order.push([id, now, number]);
    this.#posts.push({
      roomId,
      page,
      id,
      author,
      number,
      written: record.at,
      arrived: now,
      text: record.text,
      thread: record.thread ?? null,
      inThreadOnly: record.thread !== undefined && record.also === undefined,
      quoted:
        record.replyTo === undefined || record.replyTo.quote === '' ? null : record.replyTo.id,
    });
    for (const userId of mentionedIn(record)) this.#mentions.push({ roomId, number, userId });
  }

  #addEdit({ id, record }: AcceptedMessage): void {
    const { roomId } = this.#page;
    this.#edits.push(
      isTombstone(record)
        ? { roomId, id, text: null, editedAt: null }
        : { roomId, id, text: record.text, editedAt: record.editedAt ?? null },
    );
    this.#changeMentions(id, record);
  }

  /** Only the difference: an edit tells nobody again. */
  #changeMentions(id: MessageId, record: MessageRecord): void {
    const { doc, roomId } = this.#page;
    const before = mentionedIn(readMessageRecord(messagesOf(doc).get(id)));
    const after = mentionedIn(record);
    const added = [...after].filter((userId) => !before.has(userId));
    const removed = [...before].filter((userId) => !after.has(userId));
    if (added.length + removed.length === 0) return;
    const number = orderOf(doc)
      .toArray()
      .find(([each]) => each === id)?.[2];
    if (number === undefined) return;
    for (const userId of added) this.#mentions.push({ roomId, number, userId });
    for (const userId of removed) this.#unmentions.push({ roomId, number, userId });
  }

  /** A page names its authors, so that it reads well offline by itself. */
  #introduce(userId: UserId): void {
    const standing = this.#page.standingOf(userId);
    if (standing === undefined) return;
    const { name, avatar } = standing;
    const shown = peopleOf(this.#page.doc).get(userId);
    if (shown?.[0] !== name || shown[1] !== avatar) this.#people.set(userId, [name, avatar]);
  }
}

/** Mentioning oneself is no news. */
function mentionedIn(record: MessageRecord | undefined): Set<UserId> {
  const mentioned = new Set(
    record === undefined || isTombstone(record) ? [] : (record.mentions ?? []),
  );
  if (record !== undefined) mentioned.delete(record.by);
  return mentioned;
}
