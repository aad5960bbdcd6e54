import { isRefusalCode } from '@skerry/protocol/refusals.ts';
import { parseServerMessage } from '@skerry/protocol/stateless.ts';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import { ANSWERED } from './frameLimits.ts';
import { MESSAGE_TYPES } from './frameHead.ts';
import type { Dialect, ServedSocket } from './socketServing.ts';
import { NewestLimit } from './newestLimit.ts';
import { CLOSE_CODES } from './syncSocket.ts';

const { sync, syncReply, awareness, queryAwareness, auth, stateless, close } = MESSAGE_TYPES;
/** What y-protocols knows that a client says. */
const FROM_CLIENTS: ReadonlySet<number> = new Set([sync, awareness, queryAwareness]);
/** Numbers inside Hocuspocus' auth message. */
const TOKEN = 0;
const PERMISSION_DENIED = 1;
/** A y-websocket client that hears nothing for 30 s takes the line for dead. */
export const KEEP_ALIVE_MS = 15_000;
/** An awareness message about nobody. */
const NOTHING = new Uint8Array([awareness, 1, 0]);
/** Close code for "try again later" (RFC 6455's registry). */
const TRY_AGAIN_LATER = 1_013;

interface Options {
  documentName: string;
  /** Presence in the document, once it is open. */
  presence: () => Awareness | undefined;
  /** The person's copy holds what the server will never take. */
  refused: () => void;
  socket: ServedSocket;
}

/**
 * The plain y-websocket protocol: one document, no name before each frame, no refusals. A refused struct stays
 * in the client's document and would come back with every sync, so a refusal ends the socket and names its code.
 */
export function speakPlain({ documentName, presence, refused, socket }: Options): Dialect {
  const prefix = encoding.encode((encoder) => {
    encoding.writeVarString(encoder, documentName);
  });
  let isOpen = false;
  /** Asked for presence before it was decided whether the document may be opened. */
  let isAsking = false;
  const queries = new NewestLimit(ANSWERED, () => {
    if (isOpen) socket.send(presenceFrame(presence()));
    else isAsking = true;
  });
  const keepingAlive = setInterval(() => {
    socket.send(NOTHING);
    socket.ping();
  }, KEEP_ALIVE_MS);
  keepingAlive.unref();
  const refuse = (code: string) => {
    refused();
    socket.close(CLOSE_CODES.hostile, code);
  };
  socket.receive(prefixed(prefix, authFrame()));
  return {
    read: (frame) => {
      const type = frame[0];
      if (type === undefined || !FROM_CLIENTS.has(type)) {
        socket.close(CLOSE_CODES.badRequest, 'bad frame');
        return undefined;
      }
      if (type !== queryAwareness) return prefixed(prefix, frame);
      if (!queries.take(documentName, frame)) socket.close(CLOSE_CODES.tooMany, 'flood');
      return undefined;
    },
    write: (frame) => {
      const decoder = decoding.createDecoder(frame);
      decoding.readVarString(decoder);
      const body = frame.subarray(decoder.pos);
      switch (decoding.readVarUint(decoder)) {
        case sync:
        case awareness:
          return body;
        case syncReply:
          return Uint8Array.of(sync, ...frame.subarray(decoder.pos));
        case auth:
          if (decoding.readVarUint(decoder) === PERMISSION_DENIED) {
            socket.close(...deniedWith(decoding.readVarString(decoder)));
          } else {
            isOpen = true;
            if (isAsking) socket.send(presenceFrame(presence()));
          }
          return undefined;
        case stateless: {
          const message = parseServerMessage(decoding.readVarString(decoder));
          if (message?.type === 'refused') refuse(message.code);
          else if (message?.type === 'rebuild') refuse('rebuild');
          return undefined;
        }
        case close: {
          const reason = decoding.readVarString(decoder);
          const hostile = hostileCode(reason);
          if (hostile === undefined) socket.close(...deniedWith(reason));
          else refuse(hostile);
          return undefined;
        }
        default:
          return undefined;
      }
    },
    close: () => {
      clearInterval(keepingAlive);
      queries.close();
    },
  };
}

function prefixed(prefix: Uint8Array, frame: Uint8Array): Uint8Array {
  const whole = new Uint8Array(prefix.length + frame.length);
  whole.set(prefix);
  whole.set(frame, prefix.length);
  return whole;
}

/** Without a token: the socket's ticket has said who it is. */
function authFrame(): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, auth);
    encoding.writeVarUint(encoder, TOKEN);
    encoding.writeVarString(encoder, '');
  });
}

function presenceFrame(presence: Awareness | undefined): Uint8Array {
  if (presence === undefined) return NOTHING;
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, awareness);
    encoding.writeVarUint8Array(
      encoder,
      encodeAwarenessUpdate(presence, [...presence.getStates().keys()]),
    );
  });
}

/** Why the document is not open, in close codes: those from 4400 on tell a client to stay away. */
function deniedWith(reason: string): [code: number, reason: string] {
  if (reason === 'unauthenticated') return [CLOSE_CODES.unauthenticated, reason];
  if (reason === 'too-many-requests') return [CLOSE_CODES.tooMany, reason];
  if (!isRefusalCode(reason) || reason === 'unavailable') return [TRY_AGAIN_LATER, 'unavailable'];
  return [CLOSE_CODES.forbidden, reason];
}

/** What `Offenders` closes a document with. */
function hostileCode(reason: string): string | undefined {
  if (!reason.startsWith('{')) return undefined;
  const { code } = JSON.parse(reason) as { code?: unknown };
  return isRefusalCode(code) ? code : undefined;
}
