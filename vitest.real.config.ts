import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/**
 * The tests that take processes, copies of the project, other servers or a clock: `npm run
 * test:real`, and `npm run test:real -- start` for a part of them.
 */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['test/real/**/*.test.ts'],
    exclude: [],
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
