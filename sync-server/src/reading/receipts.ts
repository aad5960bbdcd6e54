import { pageDocumentName, parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, ClientId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { PAGE_ROOTS, receiptsOf } from '@skerry/protocol/page/pageDoc.ts';
import type { Logger } from 'pino';
import type * as Y from 'yjs';
import { describeError } from '../documents/describeError.ts';
import type { Lane } from '../documents/lane.ts';
import { setMapContents } from '../documents/mapContents.ts';
import { forkAndChange, mintPageUpdate, type Minted } from '../documents/serverStructs.ts';
import { Rounds } from '../platform/rounds.ts';
import type { ReceiptStore } from './receiptStore.ts';

/** No page is written more often: receipts times readers would be everybody's traffic. */
const MIN_GAP_MS = 2_000;

interface Deps {
  store: ReceiptStore;
  lanes: ReadonlyMap<string, Lane>;
  log: Logger;
  /** Somebody has read on in these rooms, whose head pages are not loaded here. */
  onReadElsewhere: (roomIds: RoomId[]) => void;
}

/** Writes into loaded head pages how far people have read. */
export class Receipts {
  readonly #deps: Deps;
  readonly #due = new Set<RoomId>();
  /** Of these, the ones that the other processes have not heard of. */
  readonly #untold = new Set<RoomId>();
  readonly #rounds = new Rounds(MIN_GAP_MS, () => this.#writeDue());

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Somebody has read on in this room. */
  readOn(roomId: RoomId): void {
    this.#untold.add(roomId);
    this.request(roomId);
  }

  /** The room's page was loaded, or another process has seen somebody read on. */
  request(roomId: RoomId): void {
    this.#due.add(roomId);
    this.#rounds.request();
  }

  /** Another process has seen somebody read on; absent: anywhere. */
  hear(roomIds?: readonly RoomId[]): void {
    const heard = roomIds && new Set(roomIds);
    for (const lane of this.#deps.lanes.values()) {
      const name = parseDocumentName(lane.name);
      if (name?.kind === 'page' && heard?.has(name.roomId) !== false) this.request(name.roomId);
    }
  }

  close(): void {
    this.#rounds.close();
  }

  /** What fails waits for the next one who reads: receipts may be late. */
  async #writeDue(): Promise<void> {
    const { store, lanes, log, onReadElsewhere } = this.#deps;
    const roomIds = [...this.#due];
    const untold = new Set(this.#untold);
    this.#due.clear();
    this.#untold.clear();
    try {
      const rooms = await store.read(roomIds);
      const elsewhere = [...rooms].filter(
        ([roomId, { page, receipts }]) =>
          untold.has(roomId) && receipts.size > 0 && !lanes.has(pageDocumentName(roomId, page)),
      );
      if (elsewhere.length > 0) onReadElsewhere(elsewhere.map(([roomId]) => roomId));
      const writes = [...rooms].map(async ([roomId, { page, receipts }]) => {
        const lane = lanes.get(pageDocumentName(roomId, page));
        await lane?.write((doc, client) => mintReceipts(doc, client, receipts));
      });
      await Promise.all(writes);
    } catch (error) {
      log.warn({ cause: describeError(error) }, 'receipts were not written');
    }
  }
}

/** What makes a page show these receipts, none of them lower than before; undefined when it does. */
export function mintReceipts(
  page: Y.Doc,
  client: ClientId,
  receipts: ReadonlyMap<UserId, ArrivalNumber>,
): Minted | undefined {
  const shown = receiptsOf(page);
  const wanted = new Map<UserId, ArrivalNumber>();
  for (const [userId, number] of receipts)
    wanted.set(userId, Math.max(number, shown.get(userId) ?? 0));
  const isLess = [...shown.keys()].some((userId) => !wanted.has(userId as UserId));
  if (isLess)
    return forkAndChange(page, client, (fork) => {
      setMapContents(fork.getMap(PAGE_ROOTS.receipts), wanted);
    });
  const news = [...wanted].filter(([userId, number]) => shown.get(userId) !== number);
  return news.length === 0
    ? undefined
    : mintPageUpdate(page, client, { order: [], people: [], receipts: news });
}
