import { writeFile } from 'node:fs/promises';
import { measureHttp, type Throughput } from './http/measure-http.ts';
import { measureProcesses } from './http/measure-processes.ts';
import type { HttpRounds } from './http/rates.ts';
import { httpWorks } from './http/works.ts';
import { measure } from './measure.ts';
import { type Place, withPlace } from './place.ts';
import { type Row, toMarkdown, toTable } from './report.ts';
import { countTraffic } from './traffic.ts';
import { castWorks, growingWorks } from './works/cast.ts';
import { listWorks } from './works/lists.ts';
import { treeWorks } from './works/trees.ts';

/** What is measured, and how long. */
export interface BenchOptions {
  /** Few rounds, to see whether it runs. */
  readonly quick: boolean;
  /** Only works whose name holds this; all if empty. */
  readonly only: string;
  /** Where the figures go as JSON; nowhere if empty. */
  readonly json: string;
}

/** Measures all works and prints their tables. */
export async function runBench({ quick, only, json }: BenchOptions): Promise<void> {
  countTraffic();
  await withPlace(async (place) => {
    const rows: Row[] = [];
    const rounds = quick ? { warm: 5, counted: 5 } : { warm: 100, counted: 50 };
    const works = [...castWorks(place), ...treeWorks(place), ...listWorks(place)];
    for (const work of works.filter(({ name }) => name.includes(only))) {
      rows.push({ work, figures: await measure(work, rounds) });
    }
    const few = quick ? { warm: 1, counted: 2 } : { warm: 5, counted: 9 };
    const growing = growingWorks(place, [100, 1_000, 10_000]);
    for (const work of growing.filter(({ name }) => name.includes(only))) {
      rows.push({ work, figures: await measure(work, few) });
    }
    console.log(toTable(rows));
    const throughput = await measureThroughput(place, { quick, only });
    console.log(`\n${toThroughputTable(throughput)}`);
    if (json !== '')
      await writeFile(json, `${JSON.stringify(toJson(rows, throughput), null, 2)}\n`);
  });
}

/** Measures one, two and four processes of the service beside each other, and prints a table. */
export function runProcesses(quick: boolean): Promise<void> {
  return withPlace(async (place) => {
    console.log(await measureProcesses(place, roundsOf(quick)));
  });
}

function measureThroughput(place: Place, { quick, only }: Pick<BenchOptions, 'quick' | 'only'>) {
  const works = httpWorks(place).filter(({ name }) => name.includes(only));
  return measureHttp(place, works, roundsOf(quick));
}

function roundsOf(quick: boolean): HttpRounds {
  return quick ? { duration: 500, counted: 1 } : { duration: 3_000, counted: 5 };
}

function toThroughputTable(results: readonly Throughput[]): string {
  const head = [
    'over HTTP',
    'clients',
    'ours /s',
    'ours, set /s',
    'plain Prisma /s',
    'SQL /s',
    'to Prisma',
    'set to Prisma',
    'to SQL',
  ];
  const lines = results.map(({ work, clients, ours, set, prisma, sql }) => [
    work,
    `${clients}`,
    ours.toFixed(0),
    set?.toFixed(0) ?? '',
    prisma.toFixed(0),
    sql?.toFixed(0) ?? '',
    (ours / prisma).toFixed(2),
    set === undefined ? '' : (set / prisma).toFixed(2),
    sql === undefined ? '' : (ours / sql).toFixed(2),
  ]);
  return toMarkdown([head, ...lines]);
}

function toJson(rows: readonly Row[], throughput: readonly Throughput[]) {
  return {
    node: process.version,
    works: rows.map(({ work, figures }) => ({
      work: work.name,
      figures: Object.fromEntries(figures),
    })),
    http: throughput,
  };
}
