import { quantile } from '../measure.ts';
import { type Client, throughputOf } from './clients.ts';

/** How long clients send in a round, in ms, and how many rounds count. */
export interface HttpRounds {
  readonly duration: number;
  readonly counted: number;
}

/** The processes of one service, and who sends to them. */
interface RateRun {
  readonly urls: readonly string[];
  readonly clients: readonly Client[];
}

/** Requests per second of each service, which take turns; medians of rounds. */
export async function measureRates(
  runs: readonly RateRun[],
  { duration, counted }: HttpRounds,
): Promise<readonly number[]> {
  // Each process is warmed up for as long as one that is alone.
  for (const { urls, clients } of runs) await throughputOf(urls, clients, duration * urls.length);
  const rates = runs.map(() => new Array<number>());
  for (let round = 0; round < counted; round += 1) {
    for (const [i, { urls, clients }] of runs.entries()) {
      rates[i]?.push(await throughputOf(urls, clients, duration));
    }
  }
  return rates.map((some) => quantile(some, 0.5));
}
