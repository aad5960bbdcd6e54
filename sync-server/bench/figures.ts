import { loadavg } from 'node:os';
import type { SystemName } from './chatSystem.ts';
import { medianOf } from './percentiles.ts';

export interface Figure {
  what: string;
  system: SystemName;
  unit: string;
  /** One per repetition. */
  values: number[];
  median: number;
}

/** Everything that was measured, by name, system and repetition. */
export class Figures {
  readonly #figures = new Map<string, Figure>();
  readonly #loads = new Map<string, number[]>();

  add(what: string, system: SystemName, value: number, unit: string): void {
    const key = `${what}/${system}`;
    const figure = this.#figures.get(key) ?? { what, system, unit, values: [], median: NaN };
    figure.values.push(value);
    figure.median = medianOf(figure.values);
    this.#figures.set(key, figure);
  }

  /** Notes how busy the machine is at this moment of a part. */
  noteLoad(part: string): void {
    const [lastMinute = NaN] = loadavg();
    this.#loads.set(part, [...(this.#loads.get(part) ?? []), lastMinute]);
  }

  median(what: string, system: SystemName): number | undefined {
    return this.#figures.get(`${what}/${system}`)?.median;
  }

  get all(): Figure[] {
    return [...this.#figures.values()];
  }

  /** Load averages of the last minute, per part. */
  get loads(): Record<string, number[]> {
    return Object.fromEntries(this.#loads);
  }
}
