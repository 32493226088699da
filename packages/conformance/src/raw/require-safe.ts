import { attr, info } from '@mprog/kernel';
import { rawCommands } from './raw-fields.js';
import { kindOf } from './raw-objects.js';
import { type RawCall, WINDOW } from './raw-step.js';

/** Bytes behind the memory that are surely not mapped. */
const GUARD = 4096;
/** From the first on no address is one of user space, from the second on it may be one of the kernel. */
const FAR = 0x0100_0000_0000_0000n;
const FAR_END = 0xff00_0000_0000_0000n;
const ATTR = attr.progLoad.keyringId + 4;
const { program, map, btf, link } = info;

const structures = {
  program: {
    size: program.size,
    pointers: [
      program.jited,
      program.translated,
      program.mapIds,
      program.symbols,
      program.functionLengths,
      program.functionInfo,
      program.lineInfo,
      program.jitedLineInfo,
      program.tags,
    ],
  },
  map: { size: map.size, pointers: [map.hash] },
  btf: { size: btf.size, pointers: [btf.btf, btf.name] },
  link: { size: link.size, pointers: [] },
  other: { size: 0, pointers: [] },
} as const;

/**
 * Makes sure, once more and by the very bytes that the kernel gets, that no pointer of a call leads to memory of this
 * process other than that of the call.
 *
 * @throws Error for a pointer that does; the call must not be made
 */
export function requireSafe(call: RawCall, bytes: Uint8Array, base: number): void {
  if (typeof call.attr !== 'number') return;
  const size = Math.min(call.size, ATTR);
  const end = call.attr + size;
  if (end > WINDOW) return;
  const check = (at: number, limit: number) => {
    const pointer = read(bytes, at, limit);
    const inMemory = pointer >= BigInt(base) && pointer < BigInt(base + WINDOW + GUARD);
    if (pointer !== 0n && !inMemory && (pointer < FAR || pointer >= FAR_END)) {
      throw new Error(`call ${call.index}: the pointer at ${at} leads to 0x${pointer.toString(16)}`);
    }
    return inMemory ? Number(pointer - BigInt(base)) : null;
  };
  for (const { at, kind } of rawCommands[call.command]!.fields) {
    if (kind !== 'pointer') continue;
    const target = check(call.attr + at, end);
    if (call.command !== 'OBJ_GET_INFO_BY_FD' || target === null) continue;
    const object = call.patches.find((patch) => patch.at === call.attr);
    const length = Number(read(bytes, call.attr + 4, Math.min(end, call.attr + 8)));
    const named = object?.value.kind === 'fd' ? object.value.name : 'bogus';
    const { size: known, pointers } = structures[kindOf(named)];
    // A structure that leads across the end is refused before anything in it is looked at.
    if (target + Math.min(length, known) > WINDOW) continue;
    for (const pointer of pointers) if (pointer < length) check(target + pointer, target + length);
  }
}

/** Up to 8 bytes from a place on; what lies at or behind a limit reads as zero. */
function read(bytes: Uint8Array, at: number, limit: number): bigint {
  let value = 0n;
  for (let i = Math.min(8, limit - at, WINDOW - at) - 1; i >= 0; i--)
    value = value * 256n + BigInt(bytes[at + i]!);
  return value;
}
