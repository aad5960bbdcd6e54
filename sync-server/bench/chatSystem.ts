import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { MeasuredPostgres } from './measuredPostgres.ts';
import type { MeasuredProcess } from './measuredProcess.ts';
import type { Tally } from './tally.ts';

/** `socketio` and `hocuspocus` are what Skerry is compared with: the baselines S and H. */
export type SystemName = 'skerry' | 'socketio' | 'hocuspocus';

export interface Person {
  id: UserId;
  token: string;
  name: string;
}

export interface Room {
  id: RoomId;
  members: Person[];
}

/** One person in one room. */
export interface Seat {
  roomId: RoomId;
  person: Person;
}

/** A server process on a PostgreSQL of its own, and clients for it. */
export interface ChatSystem {
  readonly name: SystemName;
  readonly server: MeasuredProcess;
  readonly database: MeasuredPostgres;
  /** New rooms. The people are the same ones every time, so that one person is in one of these rooms. */
  createRooms: (size: { rooms: number; members: number }) => Promise<Room[]>;
  /** Stores messages without the server, in an empty room that nobody has open, as it would have stored them. */
  fillRoom: (room: Room, messages: number) => Promise<void>;
  /** Joins the live room: every frame goes to the tally as the `index`th client. */
  join: (seat: Seat, tally: Tally, index: number) => Promise<ChatClient>;
  openDevice: (seat: Seat) => Device;
  /** What a device holds open that nobody looks at. */
  connectIdle: (seat: Seat) => Promise<Closeable>;
  /** Adds rows of other rooms to the table of messages. */
  growMessages: (rows: number) => Promise<void>;
  stop: () => Promise<void>;
}

export interface Closeable {
  close: () => void;
}

export interface ChatClient extends Closeable {
  /** Sends the tally's message number `sequence`; acknowledgement and arrivals go to the tally. */
  post: (sequence: number, text: string) => void;
}

/** A device that decodes everything it gets and keeps it while it is offline. */
export interface Device extends Closeable {
  /** From opening the socket until `wanted` messages more than before can be shown, the newest first. */
  receive: (wanted: number) => Promise<Received>;
}

export interface Received {
  ms: number;
  /** On the TCP connection, both ways. */
  bytes: number;
}
