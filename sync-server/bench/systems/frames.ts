import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Frames of Hocuspocus' protocol: document name, type, and what the type says. */
const SYNC = 0;
const AUTH = 2;
const SYNC_REPLY = 4;
const STATELESS = 5;
const CLOSE = 7;
const SYNC_STATUS = 8;
const TOKEN = 0;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const PERMISSION_DENIED = 1;
const PROVIDER_VERSION = '4.8.0';

export type ServerFrame =
  | { kind: 'update'; name: string; isStep2: boolean; update: Uint8Array }
  | { kind: 'stateless'; name: string; payload: string }
  | { kind: 'status'; name: string; isSaved: boolean }
  | { kind: 'other'; name: string };

export function authFrame(name: string, token: string): Uint8Array {
  return frame(name, AUTH, (encoder) => {
    encoding.writeVarUint(encoder, TOKEN);
    encoding.writeVarString(encoder, token);
    encoding.writeVarString(encoder, PROVIDER_VERSION);
  });
}

/** Asks for what `doc` lacks. */
export function stepOneFrame(name: string, doc: Y.Doc): Uint8Array {
  return frame(name, SYNC, (encoder) => {
    encoding.writeVarUint(encoder, STEP_1);
    encoding.writeVarUint8Array(encoder, Y.encodeStateVector(doc));
  });
}

export function updateFrame(name: string, update: Uint8Array): Uint8Array {
  return frame(name, SYNC, (encoder) => {
    encoding.writeVarUint(encoder, UPDATE);
    encoding.writeVarUint8Array(encoder, update);
  });
}

export function statelessFrame(name: string, payload: string): Uint8Array {
  return frame(name, STATELESS, (encoder) => {
    encoding.writeVarString(encoder, payload);
  });
}

export function closeFrame(name: string): Uint8Array {
  return frame(name, CLOSE, () => undefined);
}

export function readServerFrame(bytes: Buffer): ServerFrame {
  const decoder = decoding.createDecoder(bytes);
  const name = decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  if (type === STATELESS)
    return { kind: 'stateless', name, payload: decoding.readVarString(decoder) };
  if (type === SYNC_STATUS)
    return { kind: 'status', name, isSaved: decoding.readVarUint(decoder) === 1 };
  if (type === AUTH && decoding.readVarUint(decoder) === PERMISSION_DENIED)
    throw new Error(`${name} was refused: ${decoding.readVarString(decoder)}`);
  if (type !== SYNC && type !== SYNC_REPLY) return { kind: 'other', name };
  const step = decoding.readVarUint(decoder);
  if (step !== STEP_2 && step !== UPDATE) return { kind: 'other', name };
  const update = decoding.readVarUint8Array(decoder);
  return { kind: 'update', name, isStep2: step === STEP_2, update };
}

function frame(name: string, type: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, name);
  encoding.writeVarUint(encoder, type);
  write(encoder);
  return encoding.toUint8Array(encoder);
}
