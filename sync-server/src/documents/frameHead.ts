import * as decoding from 'lib0/decoding';

/** Second part of every frame, as Hocuspocus numbers them. */
export const MESSAGE_TYPES = { sync: 0, awareness: 1, syncReply: 4 } as const;
/** y-protocols: first number inside a sync message. */
const SYNC_STEP_1 = 0;

export interface FrameHead {
  /** The document's name, as the sender spells it. */
  address: string;
  isStepOne: boolean;
}

/** Undefined for bytes that are no frame. */
export function readFrameHead(frame: Uint8Array): FrameHead | undefined {
  try {
    const decoder = decoding.createDecoder(frame);
    const address = decoding.readVarString(decoder);
    const type = decoding.readVarUint(decoder);
    const isSync = type === MESSAGE_TYPES.sync || type === MESSAGE_TYPES.syncReply;
    return { address, isStepOne: isSync && decoding.readVarUint(decoder) === SYNC_STEP_1 };
  } catch {
    return undefined; // lib0 throws on truncated input
  }
}
