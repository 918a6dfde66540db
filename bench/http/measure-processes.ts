import { quantile } from '../measure.ts';
import type { Place } from '../place.ts';
import { toMarkdown } from '../report.ts';
import { throughputOf } from './clients.ts';
import type { HttpRounds } from './measure-http.ts';
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

/** Requests per second of each service, which take turns; medians of rounds. */
async function measureWork(
  { ours }: HttpWork,
  services: readonly Service[],
  { duration, counted }: HttpRounds,
): Promise<readonly number[]> {
  const runs = await Promise.all(
    services.map(async ({ urls }) => {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, ours));
      return { urls, clients, rates: new Array<number>() };
    }),
  );
  // Each process is warmed up for as long as the only one.
  for (const { urls, clients } of runs) await throughputOf(urls, clients, duration * urls.length);
  for (let round = 0; round < counted; round += 1) {
    for (const { urls, clients, rates } of runs) {
      rates.push(await throughputOf(urls, clients, duration));
    }
  }
  return runs.map(({ rates }) => quantile(rates, 0.5));
}
