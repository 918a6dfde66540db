import { type Traffic, trafficOf } from './traffic.ts';

/** One way to do a work: makes what one run needs, which is not timed, and gives that run. */
export type Contender = () => Promise<() => Promise<unknown>>;

/** What is done, by contenders that leave the same rows or read the same ones. */
export interface Work {
  readonly name: string;
  readonly contenders: Readonly<Record<string, Contender>>;
  /** The contender that the others are compared with; the first if absent. */
  readonly base?: string;
}

/** What a contender took; times in ms. */
export interface Figures extends Traffic {
  readonly median: number;
  readonly p95: number;
  /** Of this process, a median: the client's share of the work. */
  readonly cpu: number;
}

/** How often a work is done. */
export interface Rounds {
  /** Runs of each contender before the first that counts. */
  readonly warm: number;
  readonly counted: number;
}

/** Runs the contenders of a work in turns, so that what else the machine does hits all alike. */
export async function measure(
  { contenders }: Work,
  { warm, counted }: Rounds,
): Promise<ReadonlyMap<string, Figures>> {
  const runs = Object.entries(contenders).map(([name, contender]) => {
    const times: number[] = [];
    const loads: number[] = [];
    return { name, contender, times, loads };
  });
  for (let round = 0; round < warm + counted; round += 1) {
    for (const { contender, times, loads } of runs) {
      const run = await contender();
      const load = process.cpuUsage();
      const start = performance.now();
      await run();
      const time = performance.now() - start;
      const { user, system } = process.cpuUsage(load);
      if (round < warm) continue;
      times.push(time);
      loads.push((user + system) / 1_000);
    }
  }
  const figures = new Map<string, Figures>();
  for (const { name, contender, times, loads } of runs) {
    const traffic = await trafficOf(await contender());
    figures.set(name, {
      median: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      cpu: quantile(loads, 0.5),
      ...traffic,
    });
  }
  return figures;
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
