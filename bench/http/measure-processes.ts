import type { Place } from '../place.ts';
import { toMarkdown } from '../report.ts';
import { type HttpRounds, measureRates } from './rates.ts';
import { startOurs } from './servers.ts';
import { type HttpWork, httpWorks } from './works.ts';

const WORKS = ['cast-3', 'read 100 posts with comments and authors'];
const PROCESSES = [1, 2, 4];
const CLIENTS = 16;

/** What so many processes of the service on one database do per second, as a table. */
export async function measureProcesses(place: Place, rounds: HttpRounds): Promise<string> {
  const works = httpWorks(place).filter(({ name }) => WORKS.includes(name));
  const services = await Promise.all(PROCESSES.map((count) => startService(place.url, count)));
  try {
    const columns: (readonly number[])[] = [];
    for (const work of works) columns.push(await measureWork(work, services, rounds));
    const head = ['processes', ...works.map(({ name }) => `${name} /s`)];
    const lines = PROCESSES.map((count, i) => [
      `${count}`,
      ...columns.map((rates) => (rates[i] ?? Number.NaN).toFixed(0)),
    ]);
    return toMarkdown([head, ...lines]);
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
}

/** The service in several processes. */
interface Service {
  readonly urls: readonly string[];
  readonly stop: () => Promise<unknown>;
}

async function startService(database: string, processes: number): Promise<Service> {
  const servers = await Promise.all(Array.from({ length: processes }, () => startOurs(database)));
  return {
    urls: servers.map(({ url }) => url),
    stop: () => Promise.all(servers.map((server) => server.stop())),
  };
}

async function measureWork(
  { ours }: HttpWork,
  services: readonly Service[],
  rounds: HttpRounds,
): Promise<readonly number[]> {
  const runs = services.map(async ({ urls }) => ({
    urls,
    clients: await Promise.all(Array.from({ length: CLIENTS }, ours)),
  }));
  return measureRates(await Promise.all(runs), rounds);
}
