import type { Place } from '../place.ts';
import { toMarkdown } from '../report.ts';
import { throughputOf } from './clients.ts';
import { startOurs } from './servers.ts';
import { httpWorks } from './works.ts';

const WORKS = ['cast-3', 'read 100 posts with comments and authors'];
const PROCESSES = [1, 2, 4];
const CLIENTS = 16;

/** What so many processes of the service on one database do per second, as a table. */
export async function measureProcesses(place: Place, duration: number): Promise<string> {
  const works = httpWorks(place).filter(({ name }) => WORKS.includes(name));
  const head = ['processes', ...works.map(({ name }) => `${name} /s`)];
  const lines: string[][] = [];
  for (const count of PROCESSES) {
    const servers = await Promise.all(Array.from({ length: count }, () => startOurs(place.url)));
    const urls = servers.map(({ url }) => url);
    const line = [`${count}`];
    for (const { ours } of works) {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, ours));
      // The first round warms up.
      await throughputOf(urls, clients, duration / 2);
      line.push((await throughputOf(urls, clients, duration)).toFixed(0));
    }
    lines.push(line);
    await Promise.all(servers.map((server) => server.stop()));
  }
  return toMarkdown([head, ...lines]);
}
