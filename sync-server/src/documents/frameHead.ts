import * as decoding from 'lib0/decoding';

/** Second part of every frame, as Hocuspocus numbers them. */
export const MESSAGE_TYPES = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  syncReply: 4,
  stateless: 5,
  close: 7,
} as const;
const FROM_CLIENTS: ReadonlySet<number> = new Set(Object.values(MESSAGE_TYPES));
/** y-protocols: first number inside a sync message. */
const SYNC_STEP_1 = 0;
const UPDATE = 2;

export interface FrameHead {
  /** The document's name, as the sender spells it. */
  address: string;
  /** One of MESSAGE_TYPES. */
  type: number;
  /** Asks to open the document. */
  isAuth: boolean;
  isStepOne: boolean;
}

/** Undefined for bytes that no client sends; Hocuspocus would print an error for each. */
export function readFrameHead(frame: Uint8Array): FrameHead | undefined {
  try {
    const decoder = decoding.createDecoder(frame);
    const address = decoding.readVarString(decoder);
    const type = decoding.readVarUint(decoder);
    if (!FROM_CLIENTS.has(type)) return undefined;
    if (type !== MESSAGE_TYPES.sync && type !== MESSAGE_TYPES.syncReply)
      return { address, type, isAuth: type === MESSAGE_TYPES.auth, isStepOne: false };
    const step = decoding.readVarUint(decoder);
    return step > UPDATE
      ? undefined
      : { address, type, isAuth: false, isStepOne: step === SYNC_STEP_1 };
  } catch {
    return undefined; // lib0 throws on truncated input
  }
}
