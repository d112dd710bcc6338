import { defineConfig } from 'vitest/config';

/** Vitest's own output first, then the closing line, so that nothing follows it. */
const reporters = ['default', './test/support/closing-line.ts'];

export default defineConfig({
  test: {
    reporters,
    projects: [
      // Long enough for a busy machine: nothing here waits for a clock.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 } },
      { test: { name: 'flow', include: ['test/flow/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 } },
      { test: { name: 'sim', include: ['test/sim/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // These start whole stacks and containers: side by side they would only measure each other.
          fileParallelism: false,
        },
      },
    ],
  },
});
