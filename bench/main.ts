/**
 * Measures the service beside Prisma and SQL written by hand, on a PostgreSQL of its own: `npm run
 * bench -- [--quick] [--only cast-3] [--json figures.json]`, or one, two and four processes of the
 * service beside each other: `npm run bench -- --processes`. The library and the service are those of
 * `npm run build`: run from its sources, each function would first be given its name.
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string', default: '' },
    processes: { type: 'boolean', default: false },
  },
});

// GraphQL checks its objects far more slowly unless it knows this before it is loaded.
process.env['NODE_ENV'] = 'production';
const { runBench, runProcesses } = await import('./bench.ts');
await (values.processes ? runProcesses(values.quick) : runBench(values));
process.exit(0);
