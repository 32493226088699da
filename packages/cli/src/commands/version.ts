import { readFileSync } from 'node:fs';
import { arch, release, type } from 'node:os';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';

export function run(_invocation: Invocation, output: Output): number {
  const mprog = packageVersion();
  const node = process.versions.node;
  const system = `${type().toLowerCase()} ${release()}`;
  if (output.isJson) output.json({ mprog, node, system, architecture: arch() });
  else if (output.quiet) output.lines(mprog);
  else output.lines(`mprog ${mprog}`, `node ${node}`, `${system} ${arch()}`);
  return 0;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
