import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { object } from '../suites/manager-bench.js';
import type { CrashLayer } from './scenarios.js';

const objects = { a: 'long-name', b: 'firewall', c: 'telemetry', d: 'stop' } as const;

/** Puts the object files `a.o` to `d.o` into a directory, each with one program for hooks of a layer. */
export function provideObjects(directory: string, layer: CrashLayer): void {
  mkdirSync(directory, { recursive: true });
  for (const [key, source] of Object.entries(objects)) {
    const path = join(directory, `${key}.o`);
    if (layer === 'tcx') copyFileSync(object(source), path);
    else writeFileSync(path, cgroupObject(key));
  }
}

/** Makes another file of an object: what it holds is the same, its digest is not. */
export function rebuild(path: string): void {
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(1)]));
}

/** An object whose section says nothing, with a program that says 1, which lets go on what passes a cgroup. */
function cgroupObject(key: string): Uint8Array {
  const bytes = readFileSync(object('unknown-section'));
  // r0 = -1
  const at = bytes.indexOf(Buffer.from([0x18, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]));
  if (at < 0) throw new Error('the object has another program than it had');
  bytes.writeInt32LE(1, at + 4);
  // Objects of different names are different files.
  return Buffer.concat([bytes, Buffer.from(key)]);
}
