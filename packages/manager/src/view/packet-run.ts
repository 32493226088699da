import { clip } from '@mprog/core';
import { isErrno, programType, programTypeName, verdict } from '@mprog/kernel';
import type { Context } from '../context.js';
import { readChain } from '../host/chain.js';
import { describeProgram } from '../host/describe.js';
import { readEffective } from '../host/effective.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import { resolveHook } from '../host/resolve-hook.js';
import type { AttachmentState, Listing } from '../host/state.js';
import { refusal } from '../manager-error.js';
import { openProgram } from '../resolve/resolve-program.js';
import { programTypeFor } from '../rules/layer-rules.js';
import { listing } from './inventory.js';

/** One program that was run on a packet. */
export interface ProgramRun extends AttachmentState {
  /** Path of the cgroup whose list it is in; null where that cannot be told; absent for devices. */
  readonly cgroup?: string | null;
  /** What it returned, as a signed number. */
  readonly result: number;
  /** What that means on this hook, `NEXT`. */
  readonly verdict: string;
  /** Whether it ends the chain. */
  readonly ends: boolean;
  /** The packet as the program left it, in hexadecimal; null when it left it alone. */
  readonly changed: string | null;
  /** Nanoseconds. */
  readonly duration: number;
}

/** A packet that was led through a hook by hand: the JSON of `run`. */
export interface PacketRun extends Listing {
  readonly hook: string;
  /** Bytes that it was given. */
  readonly length: number;
  /** Members that ran, in run order; those behind the one that ended the chain did not. */
  readonly runs: readonly ProgramRun[];
  /** Members that did not run. */
  readonly rest: number;
  /** What would become of the packet, in one sentence. */
  readonly outcome: string;
  /** What such a run cannot know, a sentence each; empty where no program ran. */
  readonly unknown: readonly string[];
}

/** What a verdict does. */
interface Meaning {
  readonly name: string;
  readonly ends: boolean;
  readonly outcome: string;
}

const ETHERNET_HEADER = 14;
/** A page less head and tail room is more than this everywhere. */
const SURELY_TAKEN = 3000;
/** The kernel runs programs on packets of these types only with the whole IP header (spec 15.3 d). */
const ipTypes: ReadonlyMap<number, { readonly name: string; readonly least: number }> = new Map([
  [0x0800, { name: 'IPv4', least: ETHERNET_HEADER + 20 }],
  [0x86dd, { name: 'IPv6', least: ETHERNET_HEADER + 40 }],
]);

/**
 * Runs the members of a hook one by one on a packet, by PROG_TEST_RUN, and feeds what one made of it to the next, up to the
 * one that ends the chain (spec 8.6, 9.5, 10.9, 15.3).
 *
 * The programs really run: what they write to maps stays.
 *
 * @param packet frame from its Ethernet header on, 14 bytes at least, with the IP header where it is of IPv4 (34) or IPv6 (54),
 * and less than a page
 * @throws MprogError `EOPNOTSUPP` for hooks whose programs take no packets, `EINVAL` for a packet that is too short or too
 * long, `EPERM`, `EOPNOTSUPP` for a program that a simulated kernel does not know how to run
 */
export function runPacket(context: Context, text: string, packet: Uint8Array): PacketRun {
  const operation = `run ${clip(text)}`;
  const view = new HostView(context);
  const hook = resolveHook(context, text);
  requireRunnable(hook, operation);
  if (packet.length < ETHERNET_HEADER) {
    throw refusal(
      'EINVAL',
      operation,
      `the packet has ${packet.length} bytes, and an Ethernet header has ${ETHERNET_HEADER}`,
      { remedy: `give a frame from its Ethernet header on, ${ETHERNET_HEADER} bytes at least` },
    );
  }
  const members: readonly (AttachmentState & { readonly cgroup?: string | null })[] =
    hook.layer === 'cgroup'
      ? readEffective(context, view, hook).attachments.map(({ preorder: _, ...member }) => member)
      : readChain(context, view, hook).members;
  const runs: ProgramRun[] = [];
  let current = packet;
  for (const member of members) {
    const run = runMember(context, view, hook, member, current, operation);
    runs.push(run.run);
    current = run.output;
    if (run.run.ends) break;
  }
  return {
    ...listing(context, view),
    hook: hook.text,
    length: packet.length,
    runs,
    rest: members.length - runs.length,
    outcome: outcomeOf(hook, runs),
    unknown: unknownOf(hook, runs),
  };
}

function requireRunnable(hook: FoundHook, operation: string): void {
  const type = programTypeFor(hook);
  if (type === programType.SCHED_CLS || type === programType.CGROUP_SKB) return;
  throw refusal(
    'EOPNOTSUPP',
    operation,
    `programs of type ${programTypeName(type)} get no packets and cannot be run by hand`,
    { remedy: 'tcx, netkit, cgroup/inet_ingress and cgroup/inet_egress can' },
  );
}

function runMember(
  context: Context,
  view: HostView,
  hook: FoundHook,
  member: AttachmentState & { readonly cgroup?: string | null },
  packet: Uint8Array,
  operation: string,
): { readonly run: ProgramRun; readonly output: Uint8Array } {
  const { programs } = context.kernel;
  using program = openProgram(context, view, member.program.id, operation);
  let ran: ReturnType<typeof programs.testRun>;
  try {
    ran = programs.testRun(program.fd, packet);
  } catch (error) {
    if (isErrno(error, 'EINVAL'))
      throw wrongLength(packet, describeProgram(member.program), operation, error);
    if (!isErrno(error, 'EOPNOTSUPP')) throw error;
    const what = describeProgram(member.program);
    throw refusal('EOPNOTSUPP', operation, `${what} cannot be run: a simulated kernel runs no instructions`, {
      remedy: 'attach it on the running kernel and run it there',
      cause: error,
    });
  }
  const output = ran.output.slice();
  // A program of a cgroup sees no Ethernet header, and the kernel gives an empty one back.
  if (hook.layer === 'cgroup') output.set(packet.subarray(0, ETHERNET_HEADER));
  const changed = !sameBytes(packet, output);
  const { name, ends } = meaningOf(hook, ran.result);
  const run: ProgramRun = {
    ...member,
    result: ran.result,
    verdict: name,
    ends,
    changed: changed ? toHex(output) : null,
    duration: ran.duration,
  };
  return { run, output };
}

/** The refusal of a packet that the kernel runs no program on: which length it has, and which it needs. */
function wrongLength(packet: Uint8Array, program: string, operation: string, cause: unknown): unknown {
  const { length } = packet;
  const ip = ipTypes.get((packet[12]! << 8) | packet[13]!);
  if (ip !== undefined && length < ip.least) {
    return refusal(
      'EINVAL',
      operation,
      `the packet that comes to ${program} says ${ip.name} in its Ethernet header and has ${length} bytes, too few for the IP header`,
      {
        remedy: `give ${ip.least} bytes at least, ${ETHERNET_HEADER} of Ethernet and ${ip.least - ETHERNET_HEADER} of ${ip.name}`,
        cause,
      },
    );
  }
  if (length <= SURELY_TAKEN) return cause;
  return refusal('EINVAL', operation, `the packet that comes to ${program} has ${length} bytes`, {
    remedy: 'the kernel takes a page less head and tail room, 3712 bytes on x86-64',
    cause,
  });
}

/** What a verdict means: on tcx spec 8.6, on netkit 9.5, on a cgroup 10.9. */
function meaningOf({ layer, direction }: FoundHook, result: number): Meaning {
  if (layer === 'cgroup') {
    const egress = direction === 'inet_egress';
    const allowed = egress ? (result & 1) !== 0 : result !== 0;
    const hint = egress && (result & 2) !== 0 ? ' with a hint of congestion' : '';
    return { name: `${allowed ? 'ALLOW' : 'REFUSE'}${hint}`, ends: false, outcome: '' };
  }
  switch (result) {
    case verdict.NEXT:
      return { name: 'NEXT', ends: false, outcome: '' };
    case verdict.PASS:
      return {
        name: 'PASS',
        ends: true,
        outcome: layer === 'tcx' ? 'accepted; classic filters do not see it' : 'delivered to the other end',
      };
    case verdict.DROP:
      return { name: 'DROP', ends: true, outcome: 'dropped' };
    case verdict.REDIRECT:
      return { name: 'REDIRECT', ends: true, outcome: 'redirected, to where cannot be told' };
    default:
      return {
        name: `unknown (${result})`,
        ends: true,
        outcome:
          layer === 'tcx'
            ? 'the chain ends, and classic filters go on as after NEXT'
            : 'dropped, as every unknown verdict is',
      };
  }
}

function outcomeOf(hook: FoundHook, runs: readonly ProgramRun[]): string {
  if (hook.layer === 'cgroup') {
    const refusing = runs.filter(({ verdict: name }) => name.startsWith('REFUSE'));
    if (runs.length === 0) return 'no programs: allowed';
    if (refusing.length === 0) return 'allowed; every program was asked';
    const silent = hook.direction === 'inet_ingress' || runs.some(({ result }) => (result & 2) !== 0);
    const whose = refusing.map(({ program }) => `id:${program.id}`).join(', ');
    return silent ? `dropped without a word, by ${whose}` : `refused with EPERM to the sender, by ${whose}`;
  }
  if (runs.length === 0 && hook.layer === 'tcx')
    return 'no programs: classic filters go on where there are any, else it is accepted';
  const last = runs.at(-1);
  if (last?.ends === true) return meaningOf(hook, last.result).outcome;
  if (hook.layer === 'tcx')
    return 'no program ends the chain: classic filters go on where there are any, else it is accepted';
  return runs.length === 0
    ? 'no programs: the policy of the device decides'
    : 'no program ends the chain: delivered to the other end';
}

function unknownOf({ layer }: FoundHook, runs: readonly ProgramRun[]): readonly string[] {
  if (runs.length === 0) return [];
  const found = [
    'the programs really ran: what they wrote to maps, and what they counted there, stays',
    'fields of the packet that are not bytes (mark, priority, cb, time stamps) were empty for each program and are not handed on; the device was lo',
  ];
  if (runs.some(({ result }) => result === verdict.REDIRECT) && layer !== 'cgroup') {
    found.push('where a redirect leads is kept by the kernel during a real run alone');
  }
  if (layer === 'cgroup') found.push('the programs had no socket and no process of the cgroup');
  return found;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
