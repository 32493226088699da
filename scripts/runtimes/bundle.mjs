import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The engine's and the simulated kernel's suites, with the client that drives it and the bytes in between. */
const folders = [
  'packages/core/src',
  'packages/kernel/src/simulated',
  'packages/kernel/src/client',
  'packages/kernel/src/abi',
];

/** Paths of the test files in the bundle, in order. */
export function testFiles() {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .sort()
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
}

/**
 * Bundles the test files, unchanged, with vitest's runner.
 *
 * @param target where it will run; a page has no modules of Node
 * @param folder where the bundle goes
 * @returns the path of its entry
 */
export async function bundleTests(target, folder) {
  const bundle = await rolldown({
    input: { entry: here(`run-in-${target}.mjs`) },
    platform: target === 'page' ? 'browser' : 'node',
    // A page has no child processes and no file system; whoever calls what is not there fails.
    shimMissingExports: target === 'page',
    // `using` is compiled, as it is in what is published.
    transform: { target: 'es2023' },
    // Packages say that their modules have no side effects; tests have nothing else.
    treeshake: false,
    plugins: [resolver(target)],
    onLog(level, log, handle) {
      if (log.code !== 'SHIMMED_EXPORT') handle(level, log);
    },
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  return join(folder, 'entry.js');
}

function resolver(target) {
  return {
    name: 'tests',
    resolveId(id) {
      if (id === 'virtual:test-files') return id;
      if (id === 'vitest') return here('vitest-in-bundle.mjs');
      if (id === '@mprog/core') return join(root, 'packages/core/src/index.ts');
      if (isBuiltin(id)) return target === 'page' ? here('node-in-page.mjs') : { id, external: true };
      return null;
    },
    load(id) {
      if (id !== 'virtual:test-files') return null;
      const entries = testFiles().map(
        (path) => `${JSON.stringify(path)}: () => import(${JSON.stringify(join(root, path))}),`,
      );
      return `export const files = {\n${entries.join('\n')}\n};`;
    },
    // Tests find files beside their own source.
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('import.meta.url')) return null;
      return code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
    },
  };
}
