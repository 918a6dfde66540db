import { quantile } from '../measure.ts';
import type { Place } from '../place.ts';
import { throughputOf } from './clients.ts';
import { type ServerProcess, startBare, startOurs } from './servers.ts';
import type { HttpWork } from './works.ts';

/** Requests per second of one work with so many clients; medians of rounds. */
export interface Throughput {
  readonly work: string;
  readonly clients: number;
  readonly ours: number;
  /** Ours, which writes sets whatever their size. */
  readonly set?: number;
  /** The bare server with Prisma's nested write, and with set-based SQL. */
  readonly prisma: number;
  readonly sql?: number;
}

/** How long clients send in a round, in ms, and how many rounds count. */
export interface HttpRounds {
  readonly duration: number;
  readonly counted: number;
}

/** Measures all works, the servers in turns. */
export async function measureHttp(
  { url }: Place,
  works: readonly HttpWork[],
  rounds: HttpRounds,
): Promise<readonly Throughput[]> {
  const servers = {
    ours: await startOurs(url),
    set: await startOurs(url, 'set'),
    prisma: await startBare(url, 'prisma'),
    sql: await startBare(url, 'sql'),
  };
  const results: Throughput[] = [];
  try {
    for (const work of works) {
      for (const clients of work.clients) {
        results.push(await measureWork(work, clients, servers, rounds));
      }
    }
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
  return results;
}

type Name = 'ours' | 'set' | 'prisma' | 'sql';

async function measureWork(
  work: HttpWork,
  count: number,
  servers: Readonly<Record<Name, ServerProcess>>,
  { duration, counted }: HttpRounds,
): Promise<Throughput> {
  const names: readonly Name[] = work.isCast
    ? ['ours', 'set', 'prisma', 'sql']
    : ['ours', 'prisma'];
  const runs = await Promise.all(
    names.map(async (name) => {
      const make = name === 'ours' || name === 'set' ? work.ours : work.bare;
      const clients = await Promise.all(Array.from({ length: count }, make));
      return { name, clients, rates: new Array<number>() };
    }),
  );
  // The first round warms up.
  for (let round = 0; round <= counted; round += 1) {
    for (const { name, clients, rates } of runs) {
      const rate = await throughputOf([servers[name].url], clients, duration);
      if (round > 0) rates.push(rate);
    }
  }
  const rateOf = (name: Name) => quantile(runs.find((run) => run.name === name)?.rates ?? [], 0.5);
  const [ours, prisma] = [rateOf('ours'), rateOf('prisma')];
  const ofCast = work.isCast ? { set: rateOf('set'), sql: rateOf('sql') } : {};
  return { work: work.name, clients: count, ours, prisma, ...ofCast };
}
