import { readFileSync } from 'node:fs';
import { release, type } from 'node:os';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';

export function run(_invocation: Invocation, output: Output): number {
  const mprog = packageVersion();
  const node = process.versions.node;
  const system = operatingSystem();
  if (output.isJson) output.json({ mprog, node, system, architecture: process.arch });
  else if (output.quiet) output.lines(mprog);
  else output.lines(`mprog ${mprog}`, `node ${node}`, `${system} ${process.arch}`);
  return 0;
}

/** `linux 6.18.2`; on Linux without `node:os`, which would have to be loaded. */
function operatingSystem(): string {
  if (process.platform === 'linux') {
    try {
      return `linux ${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()}`;
    } catch {
      // There is no /proc.
    }
  }
  return `${type().toLowerCase()} ${release()}`;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
