import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** Runs a program from its start to its end, in the environment that all whole processes are measured in. */
export function runProgram(
  program: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  // Certificates are read at the start of Node, and the others have it do more than usual.
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: _options, NODE_COMPILE_CACHE: _cache, ...env } = process.env;
  return spawnSync(program, args, { env: { ...env, ...more }, encoding: 'utf8', maxBuffer: 1 << 26 });
}
