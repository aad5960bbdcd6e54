import { percentilesOf, type Percentiles } from './percentiles.ts';

/** `~m` + 3 digits of the run + 5 of the message, base 36, + `~`: found in a frame without decoding it. */
const START = Buffer.from('~m');
const END = '~'.charCodeAt(0);
const MARKER_LENGTH = 11;
const SEQUENCE_AT = 5;
const TEXT_LENGTH = 56;
const FILLER = 'the tide is out and the path to the island lies dry until noon';

let runs = 0;

/**
 * The one measuring rule for every system: a message has arrived when a frame that carries it is in the
 * receiver's process, and is acknowledged when its sender holds what its system gives as a receipt.
 */
export class Tally {
  readonly #run = (runs++).toString(36).padStart(3, '0');
  readonly #clients: number;
  readonly #sentAt: number[] = [];
  readonly #senders: number[] = [];
  /** Per message, one bit per client. */
  readonly #arrived: Uint8Array[] = [];
  readonly #acknowledged = new Set<number>();
  #arrivalMs: number[] = [];
  #acknowledgementMs: number[] = [];
  /** At other clients than the sender's. */
  deliveries = 0;
  /** Told by the server to send later or elsewhere. */
  postponed = 0;

  constructor(clients: number) {
    this.#clients = clients;
  }

  get sent(): number {
    return this.#sentAt.length;
  }

  get acknowledgements(): number {
    return this.#acknowledged.size;
  }

  /** Notes the next message; returns its number and text. */
  send(sender: number): { sequence: number; text: string } {
    const sequence = this.#sentAt.length;
    this.#senders.push(sender);
    const text = `~m${this.#run}${sequence.toString(36).padStart(5, '0')}~ ${FILLER}`;
    this.#sentAt.push(performance.now());
    return { sequence, text: text.slice(0, TEXT_LENGTH) };
  }

  /** Notes what a frame carries; `onOwn` hears of the client's own messages in it. */
  scan(frame: Buffer, client: number, onOwn?: (sequence: number) => void): void {
    let at = frame.indexOf(START);
    while (at !== -1) {
      const sequence = this.#sequenceAt(frame, at);
      if (sequence === undefined) at += START.length;
      else {
        at += MARKER_LENGTH;
        if (this.#senders[sequence] === client) onOwn?.(sequence);
        else this.#arrive(sequence, client);
      }
      at = frame.indexOf(START, at);
    }
  }

  acknowledge(sequence: number): void {
    if (this.#acknowledged.has(sequence)) return;
    this.#acknowledged.add(sequence);
    this.#acknowledgementMs.push(this.#since(sequence));
  }

  /** Latencies since the last call, in milliseconds. */
  takeLatencies(): { arrival: Percentiles; acknowledgement: Percentiles } {
    const arrival = percentilesOf(this.#arrivalMs);
    const acknowledgement = percentilesOf(this.#acknowledgementMs);
    this.#arrivalMs = [];
    this.#acknowledgementMs = [];
    return { arrival, acknowledgement };
  }

  #sequenceAt(frame: Buffer, at: number): number | undefined {
    if (frame[at + MARKER_LENGTH - 1] !== END) return undefined;
    const digits = frame.toString('latin1', at + START.length, at + MARKER_LENGTH - 1);
    if (!digits.startsWith(this.#run)) return undefined;
    return Number.parseInt(digits.slice(SEQUENCE_AT - START.length), 36);
  }

  #arrive(sequence: number, client: number): void {
    const clients = (this.#arrived[sequence] ??= new Uint8Array(Math.ceil(this.#clients / 8)));
    const at = client >> 3;
    const bit = 1 << (client & 7);
    const byte = clients[at] ?? bit;
    if ((byte & bit) !== 0) return;
    clients[at] = byte | bit;
    this.deliveries++;
    this.#arrivalMs.push(this.#since(sequence));
  }

  #since(sequence: number): number {
    return performance.now() - (this.#sentAt[sequence] ?? NaN);
  }
}
