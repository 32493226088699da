import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache/mprog-tools/', import.meta.url));

/**
 * Installs exactly one version of an npm package beside the project, where neither package.json nor the lockfile sees it,
 * and keeps it for the next time.
 *
 * @param name name of a package without install scripts
 * @param version exact version
 * @returns the folder of the package, or null where it cannot be had
 */
export function installTool(name, version) {
  const folder = join(cache, `${name.replace('/', '-')}-${version}`);
  const installed = join(folder, 'node_modules', name);
  if (existsSync(join(installed, 'package.json'))) return installed;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = [
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { status } = spawnSync('npm', ['install', ...options, '--prefix', folder, `${name}@${version}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return status === 0 && existsSync(join(installed, 'package.json')) ? installed : null;
}
