import { v7 as uuidv7 } from 'uuid';
import type { ChatClient, Device, Received, Seat } from '../chatSystem.ts';
import type { Tally } from '../tally.ts';
import { openRawSocket, type RawSocket } from './rawSocket.ts';

// Socket.IO's protocol over Engine.IO 4, WebSocket only. Digits: engine packet, socket packet, answer number.
const OPEN = '0';
const PING = '2'.charCodeAt(0);
const PONG = '3';
const CONNECT = '40';
const EVENT = '42';
const ANSWER = '43';
const CONNECT_ERROR = '44';
/** Answer number of `join`; those of posts follow. */
const JOIN = 0;

interface Row {
  number: string;
  text: string;
}

/** Connects and joins the room; `onFrame` gets what comes afterwards. */
async function open(
  url: string,
  { roomId, person }: Seat,
  history: { after?: number; newest?: number },
  onFrame: (frame: Buffer) => void,
): Promise<{ socket: RawSocket; rows: Row[] }> {
  let onJoined: (rows: Row[]) => void = () => undefined;
  const joined = new Promise<Row[]>((resolve) => {
    onJoined = resolve;
  });
  let isJoined = false;
  const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = await openRawSocket(address, (frame) => {
    if (frame[0] === PING && frame.length === 1) socket.send(PONG);
    else if (isJoined) onFrame(frame);
    else greet(frame.toString());
  });
  const greet = (text: string) => {
    if (text.startsWith(OPEN)) socket.send(CONNECT + JSON.stringify({ token: person.token }));
    else if (text.startsWith(CONNECT))
      socket.send(`${EVENT}${JOIN}${JSON.stringify(['join', { roomId, ...history }])}`);
    else if (text.startsWith(CONNECT_ERROR)) throw new Error(`not connected: ${text}`);
    else if (text.startsWith(`${ANSWER}${JOIN}[`)) {
      isJoined = true;
      const [rows] = JSON.parse(text.slice(text.indexOf('['))) as [Row[]];
      onJoined(rows);
    }
  };
  return { socket, rows: await joined };
}

export async function joinSocketIo(
  url: string,
  seat: Seat,
  tally: Tally,
  index: number,
): Promise<ChatClient> {
  const { socket } = await open(url, seat, { newest: 50 }, (frame) => {
    tally.scan(frame, index);
    if (frame.toString('latin1', 0, ANSWER.length) === ANSWER)
      tally.acknowledge(Number.parseInt(frame.toString('latin1', ANSWER.length, 12), 10) - 1);
  });
  return {
    post: (sequence, text) => {
      const message = { id: uuidv7(), roomId: seat.roomId, at: Date.now(), text };
      socket.send(`${EVENT}${sequence + 1}${JSON.stringify(['post', message])}`);
    },
    close: () => {
      socket.close();
    },
  };
}

/** Asks for the newest messages, later for those after the last one it has. */
export class SocketIoDevice implements Device {
  readonly #url: string;
  readonly #seat: Seat;
  #lastNumber: number | undefined;
  #socket: RawSocket | undefined;

  constructor(url: string, seat: Seat) {
    this.#url = url;
    this.#seat = seat;
  }

  async receive(wanted: number): Promise<Received> {
    this.close();
    const history =
      this.#lastNumber === undefined ? { newest: wanted } : { after: this.#lastNumber };
    const start = performance.now();
    const { socket, rows } = await open(this.#url, this.#seat, history, () => undefined);
    const ms = performance.now() - start;
    this.#socket = socket;
    if (rows.length < wanted) throw new Error(`${rows.length} messages of ${wanted} came`);
    this.#lastNumber = Math.max(...rows.map((row) => Number(row.number)));
    return { ms, bytes: socket.bytes() };
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
