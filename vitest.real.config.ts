import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

// What takes long runs by its name alone: `npm run test:real -- soak-live`.
const byName = ['soak-live', 'random-cases'];
const unnamed = byName.filter((name) => !process.argv.some((argument) => argument.includes(name)));

/**
 * The tests that take processes, copies of the project, other servers or a clock: `npm run
 * test:real`, and `npm run test:real -- start` for a part of them.
 */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/real/**/*.test.ts'],
    exclude: unnamed.map((name) => `test/real/${name}.test.ts`),
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
