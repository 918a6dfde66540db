import type { Place } from '../place.ts';
import { type HttpRounds, measureRates } from './rates.ts';
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
  rounds: HttpRounds,
): Promise<Throughput> {
  const names: readonly Name[] = work.isCast
    ? ['ours', 'prisma', 'set', 'sql']
    : ['ours', 'prisma'];
  const runs = names.map(async (name) => {
    const make = name === 'ours' || name === 'set' ? work.ours : work.bare;
    const clients = await Promise.all(Array.from({ length: count }, make));
    return { urls: [servers[name].url], clients };
  });
  const rates = await measureRates(await Promise.all(runs), rounds);
  const [ours = Number.NaN, prisma = Number.NaN, set, sql] = rates;
  return {
    work: work.name,
    clients: count,
    ours,
    prisma,
    ...(set !== undefined && { set }),
    ...(sql !== undefined && { sql }),
  };
}
