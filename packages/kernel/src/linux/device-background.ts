import { verdict } from '../abi/verdict.js';
import type { Arena } from '../arena.js';
import type { DeviceBackground, NetkitDevice, TrafficFilter } from '../world.js';
import type { ForeignFunctions } from './ffi.js';
import { RouteSocket } from './netlink.js';
import { decodeAttributes, readText, readWord } from './netlink-message.js';

const RTM_GETLINK = 18;
const RTM_GETQDISC = 38;
const RTM_GETTFILTER = 46;

const LINK_HEADER = 16;
const IFLA_LINK = 5;
const IFLA_LINKINFO = 18;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const NETKIT_PRIMARY = 2;
const NETKIT_POLICY = 3;
const NETKIT_PEER_POLICY = 4;

const TRAFFIC_HEADER = 20;
const TCA_KIND = 1;
const TCA_OPTIONS = 2;
const TCA_BPF_NAME = 7;
const TCA_BPF_ID = 11;
/** The parents of the filters of each direction; clsact has both, the ingress qdisc the first. */
const parents = { ingress: 0xffff_fff2, egress: 0xffff_fff3 } as const;

/** Reads by rtnetlink what lies behind the hooks of a device of the calling thread's namespace. */
export function readBackground(foreign: ForeignFunctions, ifindex: number): DeviceBackground {
  using socket = new RouteSocket(foreign);
  const netkit = readNetkit(socket, ifindex);
  const qdisc = readQdisc(socket, ifindex);
  const directions =
    qdisc === null ? [] : qdisc === 'clsact' ? (['ingress', 'egress'] as const) : ['ingress' as const];
  const filters = directions.flatMap((direction) => readFilters(socket, ifindex, direction));
  return { qdisc, filters, netkit };
}

function readNetkit(socket: RouteSocket, ifindex: number): NetkitDevice | null {
  const header = new Uint8Array(LINK_HEADER);
  new DataView(header.buffer).setInt32(4, ifindex, true);
  const [message] = socket.request(`look at device ${ifindex}`, RTM_GETLINK, 0, header, []);
  if (message === undefined) return null;
  const attributes = decodeAttributes(message.payload.subarray(LINK_HEADER));
  const kind = nested(attributes.get(IFLA_LINKINFO));
  if (readText(kind.get(IFLA_INFO_KIND)) !== 'netkit') return null;
  const data = nested(kind.get(IFLA_INFO_DATA));
  const otherPolicy = data.get(NETKIT_PEER_POLICY);
  return {
    role: data.get(NETKIT_PRIMARY)?.[0] === 0 ? 'peer' : 'primary',
    policy: policyOf(data.get(NETKIT_POLICY)),
    otherPolicy: otherPolicy === undefined ? null : policyOf(otherPolicy),
    other: readWord(attributes.get(IFLA_LINK)),
  };
}

function policyOf(value: Uint8Array | undefined): 'pass' | 'drop' {
  return readWord(value) === verdict.PASS ? 'pass' : 'drop';
}

function readQdisc(socket: RouteSocket, ifindex: number): DeviceBackground['qdisc'] {
  for (const payload of socket.dump('list the qdiscs', RTM_GETQDISC, trafficHeader(0, 0), copyOf)) {
    if (viewOf(payload).getInt32(4, true) !== ifindex) continue;
    const kind = readText(trafficAttributes(payload).get(TCA_KIND));
    if (kind === 'clsact' || kind === 'ingress') return kind;
  }
  return null;
}

function readFilters(
  socket: RouteSocket,
  ifindex: number,
  direction: TrafficFilter['direction'],
): readonly TrafficFilter[] {
  const header = trafficHeader(ifindex, parents[direction]);
  const found = new Map<string, TrafficFilter>();
  for (const payload of socket.dump('list the classic filters', RTM_GETTFILTER, header, copyOf)) {
    const view = viewOf(payload);
    const handle = view.getUint32(8, true);
    const attributes = trafficAttributes(payload);
    const kind = readText(attributes.get(TCA_KIND));
    // Each classifier announces itself with handle 0 before its filters; of others than bpf one line says enough.
    if (kind === 'bpf' && handle === 0) continue;
    const options = nested(attributes.get(TCA_OPTIONS));
    const priority = view.getUint32(16, true) >>> 16;
    const name = kind === 'bpf' ? readText(options.get(TCA_BPF_NAME)) : '';
    const programId = kind === 'bpf' ? readWord(options.get(TCA_BPF_ID)) : 0;
    found.set(`${priority} ${kind} ${kind === 'bpf' ? handle : ''}`, {
      direction,
      kind,
      priority,
      name: name === '' ? null : name,
      programId: programId === 0 ? null : programId,
    });
  }
  return [...found.values()].sort((a, b) => a.priority - b.priority);
}

function trafficHeader(ifindex: number, parent: number): Uint8Array {
  const header = new Uint8Array(TRAFFIC_HEADER);
  const view = new DataView(header.buffer);
  view.setInt32(4, ifindex, true);
  view.setUint32(12, parent, true);
  return header;
}

function trafficAttributes(payload: Uint8Array): ReadonlyMap<number, Uint8Array> {
  return decodeAttributes(payload.subarray(TRAFFIC_HEADER));
}

function nested(value: Uint8Array | undefined): ReadonlyMap<number, Uint8Array> {
  return decodeAttributes(value ?? new Uint8Array(0));
}

function copyOf({ bytes }: Arena, start: number, end: number): Uint8Array {
  return bytes.slice(start, end);
}

function viewOf(payload: Uint8Array): DataView {
  return new DataView(payload.buffer, payload.byteOffset, payload.length);
}
