/**
 * Measures the service beside Prisma and SQL written by hand, on a PostgreSQL of its own: `npm run
 * bench -- [--quick] [--only cast-3] [--json figures.json]`.
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string', default: '' },
  },
});

// GraphQL checks its objects far more slowly unless it knows this before it is loaded.
process.env['NODE_ENV'] = 'production';
const { runBench } = await import('./bench.ts');
await runBench(values);
process.exit(0);
