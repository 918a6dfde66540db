import { defineConfig } from 'vitest/config';

// The tests import the sources of the library by its own name, as `tsx` and the compiler do.
const conditions = ['prisma-assoc-source', 'module', 'node', 'development|production'];

export default defineConfig({
  // Vite would take the package's second build, made for bundlers, beside the one that Node gives
  // to Pothos and Yoga: then no type is what it seems.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  ssr: { resolve: { conditions } },
  // The global setup has an environment of its own.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // Most of a file's time would go into loading the same modules again.
    isolate: false,
    maxWorkers: 2,
    // A function is optimized after running 15 times as much as usual: most of a run's code never
    // earns back what optimizing it takes from the other worker.
    execArgv: ['--interrupt-budget=1000000'],
    // The last net: a busy machine is no failure. More random cases take longer.
    testTimeout: 300_000 * Number(process.env['TIMES'] ?? 1),
    hookTimeout: 300_000,
    expect: { poll: { timeout: 300_000 } },
  },
});
