import { clip, MprogError } from '@mprog/core';
import { damageOfBtf } from './btf-check.js';

const HEADER = 64;
const SECTION_HEADER = 64;
const ET_REL = 1;
const EM_BPF = 247;
const SHT_NOBITS = 8;
const BTF = '.BTF\0';
const machines: Readonly<Record<number, string>> = {
  3: '32-bit x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: '64-bit PowerPC',
  22: 'S/390',
  40: '32-bit Arm',
  62: 'x86-64',
  183: 'arm64',
  243: 'RISC-V',
  258: 'LoongArch',
};

/**
 * Makes sure that bytes are a whole ELF object of little-endian BPF, in words that name what they are instead.
 *
 * @param name what messages call the object
 * @throws MprogError `ENOEXEC`
 */
export function checkElf(bytes: Uint8Array, name: string): void {
  const refuse = (reason: string) => {
    throw new MprogError(
      'ENOEXEC',
      `read object ${clip(name)}: ${reason} (ENOEXEC); compile it with clang -g -O2 -target bpf`,
    );
  };
  if (bytes.length === 0) refuse('the file is empty');
  const magic = [0x7f, 0x45, 0x4c, 0x46];
  if (magic.some((byte, at) => at < bytes.length && bytes[at] !== byte)) refuse('it is not an ELF file');
  if (bytes.length < HEADER) refuse('the file is cut short: its ELF header is not whole');

  const little = bytes[5] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const machine = view.getUint16(18, little);
  if (machine !== EM_BPF) refuse(`it holds code for ${machines[machine] ?? `machine ${machine}`}, not BPF`);
  if (!little) refuse('it is BPF for big-endian machines, and this one is little-endian');
  if (bytes[4] !== 2 || view.getUint16(16, true) !== ET_REL)
    refuse('it is not a relocatable 64-bit ELF object');

  const start = Number(view.getBigUint64(40, true));
  const entry = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  const cut = 'the file is cut short: its sections reach past its end';
  if (start === 0 || count === 0) refuse('it has no sections');
  if (entry !== SECTION_HEADER) refuse('its section table is damaged');
  if (start + count * entry > bytes.length) refuse(cut);
  const sections = Array.from({ length: count }, (_, index) => {
    const at = start + index * entry;
    const offset = Number(view.getBigUint64(at + 24, true));
    const empty = view.getUint32(at + 4, true) === SHT_NOBITS;
    const size = empty ? 0 : Number(view.getBigUint64(at + 32, true));
    if (size > 0 && offset + size > bytes.length) refuse(cut);
    return { name: view.getUint32(at, true), content: bytes.subarray(offset, offset + size) };
  });
  const names = sections[view.getUint16(62, true)]?.content ?? new Uint8Array();
  for (const { name, content } of sections) {
    if (!isBtf(names.subarray(name, name + BTF.length))) continue;
    const damage = damageOfBtf(content);
    if (damage !== null) refuse(`its type information is damaged: ${damage}`);
  }
}

function isBtf(name: Uint8Array): boolean {
  return name.length === BTF.length && name.every((byte, at) => byte === BTF.charCodeAt(at));
}
