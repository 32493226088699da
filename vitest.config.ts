import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

/** Tests import the sources, so that a failure points into them; only spawned commands use what was built. */
const alias = [
  {
    find: /^@mprog\/kernel\/(simulated|simulated-file|linux)$/,
    replacement: source('kernel/src/$1/index.ts'),
  },
  { find: '@mprog/kernel/file-lock', replacement: source('kernel/src/simulated-file/file-lock.ts') },
  { find: '@mprog/kernel/read-regular-file', replacement: source('kernel/src/read-regular-file.ts') },
  { find: '@mprog/core/clip', replacement: source('core/src/clip.ts') },
  { find: '@mprog/manager/nearest', replacement: source('manager/src/names/nearest.ts') },
  { find: '@mprog/manager/policy', replacement: source('manager/src/policy-index.ts') },
  { find: /^@mprog\/(core|kernel|manager|conformance)$/, replacement: source('$1/src/index.ts') },
];

/** Tests that spawn the command run its bundle. */
const globalSetup = fileURLToPath(new URL('scripts/bundle-command.mjs', import.meta.url));

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          globalSetup,
          include: ['packages/*/src/**/*.test.ts', 'test/*.test.ts'],
          // No test asserts a time; a busy machine may take its own.
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'unit, no code generation',
          include: ['packages/core/src/{tiers,hook,hook-run}.test.ts'],
          execArgv: ['--disallow-code-generation-from-strings'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'live kernel',
          globalSetup,
          include: ['packages/*/test/live/**/*.test.ts', 'test/live/**/*.test.ts'],
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
