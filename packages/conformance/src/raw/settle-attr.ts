import { attachType, type CommandName, flag } from '@mprog/kernel';
import type { Random } from '../random.js';
import type { RawDraft } from './raw-draft.js';
import { attachTypeField, type FieldKind, foreignTypes, type RawField, rawCommands } from './raw-fields.js';
import { kindOf, rawDevices, rawFds } from './raw-objects.js';
import { type RawValue, WINDOW } from './raw-step.js';

/** No process has so many fds open; from here on a number is no fd, on any kernel. */
const NO_FD = 1 << 20;
/** No kernel has given so many ids. */
const NO_ID = 0x7fff_0000;
const NO_IFINDEX = 0x4000_0000;
/** An attach type that no kernel knows. */
const UNKNOWN_TYPE = 99;
/** From here on no address of user space is. */
const FAR = 0x0100_0000_0000_0000n;
/** From here on an address may be one of the kernel. */
const FAR_END = 0xff00_0000_0000_0000n;

/** What an attr may name. */
export interface SettleView {
  /** Links that earlier calls may have made. */
  readonly links: readonly string[];
  /** Attach types that are left alone beside those of the specification's other layers. */
  readonly without: readonly number[];
}

/**
 * Makes an attr safe, whatever is in its bytes: every number that the kernel reads as an fd, an id, an interface or a
 * pointer is one of this run, or one that nothing on the machine has.
 *
 * @param size bytes of it that the kernel gets; the rest reads as zero
 */
export function settleAttr(
  draft: RawDraft,
  command: CommandName,
  size: number,
  random: Random,
  view: SettleView,
): void {
  for (const field of rawCommands[command]!.fields) {
    const kind = meaning(field, draft, command, size);
    if (kind === 'attach type') settleType(draft, command, field.at, size, view);
    else if (kind === 'pointer') settlePointer(draft, field.at, size, random);
    else if (kind !== null) settleNumber(draft, kind, field.at, size, random, view);
  }
}

/** Makes a pointer NULL, an address in or behind the memory, or one that no memory can have. */
export function settlePointer(draft: RawDraft, at: number, size: number, random: Random): void {
  // The low bytes of an address would be one where anything may be.
  if (at + 8 > size) {
    draft.clear(at, Math.max(at, size));
    return;
  }
  if (draft.valueAt(at)?.kind === 'address') return;
  draft.forget(at, 8);
  const value = draft.read64(at, size);
  if (value === 0n || (value >= FAR && value < FAR_END && isFar(value))) return;
  const kind = random.below(4);
  if (kind < 2) draft.put(at, { kind: 'address', offset: WINDOW - 28 + random.below(40) });
  else if (kind < 3) draft.set64(at, farAddress(random));
  else draft.clear(at, at + 8);
}

/** Bits 55 and 54 differ, so that it is no address with 47, 48 or 56 bits, tagged or not. */
function isFar(value: bigint): boolean {
  return ((value >> 54n) & 3n) === 2n;
}

/** An address that is neither of user space nor of the kernel. */
export function farAddress(random: Random): bigint {
  const top = BigInt(1 + random.below(0xfe));
  return (top << 56n) | (0xa5n << 48n) | (BigInt(random.word()) << 8n);
}

type NumberKind = Exclude<FieldKind, 'target' | 'relative' | 'attach type' | 'pointer'> | 'ifindex';

function meaning(
  { at, kind }: RawField,
  draft: RawDraft,
  command: CommandName,
  size: number,
): NumberKind | 'attach type' | 'pointer' | null {
  if (kind === 'target') return isDeviceType(draft.read(attachTypeField(command), size)) ? 'ifindex' : 'fd';
  if (kind !== 'relative') return at < size ? kind : null;
  const flags = draft.read(12, size);
  if ((flags & flag.ID) === 0) return 'fd';
  return (flags & flag.LINK) === 0 ? 'program id' : 'link id';
}

function isDeviceType(type: number): boolean {
  const types: readonly number[] = [
    attachType.TCX_INGRESS,
    attachType.TCX_EGRESS,
    attachType.NETKIT_PRIMARY,
    attachType.NETKIT_PEER,
  ];
  return types.includes(type);
}

function settleType(
  draft: RawDraft,
  command: CommandName,
  at: number,
  size: number,
  { without }: SettleView,
): void {
  const type = draft.read(at, size);
  if (!foreignTypes[command]?.includes(type) && !without.includes(type)) return;
  draft.clear(at, Math.min(at + 4, size));
  draft.bytes[at] = UNKNOWN_TYPE;
}

function settleNumber(
  draft: RawDraft,
  kind: NumberKind,
  at: number,
  size: number,
  random: Random,
  view: SettleView,
): void {
  if (at + 4 > size) {
    draft.clear(at, Math.max(at, size));
    // The low bytes of an id could be the id of anything; those of the other numbers here are all that there is to them.
    if (at >= size || random.percent(40)) return;
    if (kind === 'fd') draft.put(at, { kind, name: random.pick(rawFds.filter((name) => name !== 'bogus')) });
    if (kind === 'ifindex') draft.put(at, { kind, name: random.pick(rawDevices) });
    return;
  }
  const known = draft.valueAt(at);
  if (known !== undefined && fits(kind, known)) return;
  if (known === undefined) {
    draft.forget(at, 4);
    const value = draft.read(at, size);
    const least = kind === 'fd' ? NO_FD : kind === 'ifindex' ? NO_IFINDEX : NO_ID;
    if (value === 0 || value >= least) return;
  }
  draft.put(at, choose(kind, random, view));
}

function fits(kind: NumberKind, value: RawValue): boolean {
  if (value.kind === 'address') return false;
  if (kind === 'fd' || kind === 'ifindex') return value.kind === kind;
  const isStart = kind.startsWith('start');
  if (value.kind !== (isStart ? 'before id' : 'id')) return false;
  return value.name === 'bogus' || kind.includes(kindOf(value.name));
}

function choose(kind: NumberKind, random: Random, { links }: SettleView): RawValue {
  if (kind === 'ifindex') return { kind, name: random.pick(rawDevices) };
  if (kind === 'fd') return { kind, name: random.pick([...rawFds, ...links.slice(-4)]) };
  const names = [...rawFds, ...links].filter((name) => kind.includes(kindOf(name)));
  const name = random.percent(10) || names.length === 0 ? 'bogus' : random.pick(names);
  return { kind: kind.startsWith('start') ? 'before id' : 'id', name };
}
