import { fileURLToPath } from 'node:url';

/** Path of one of the compiled objects that the tests of the kernel package share. */
export function objectPath(name: string): string {
  return fileURLToPath(new URL(`../../kernel/objects/${name}.bpf.o`, import.meta.url));
}
