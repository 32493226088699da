import { MprogError } from '@mprog/core';
import { readCText } from '../abi/c-text.js';
import { errno } from '../abi/errno.js';
import type { Arena } from '../arena.js';
import type { ClassicQdisc } from '../laboratory.js';
import type { ForeignFunctions } from './ffi.js';
import { linuxError } from './linux-error.js';
import { RouteSocket } from './netlink.js';
import {
  encodeAttributes,
  findAttribute,
  lengthOfValue,
  type NetlinkAttribute,
  text,
  word,
} from './netlink-message.js';

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
const RTM_SETLINK = 19;
const RTM_NEWQDISC = 36;
const RTM_DELQDISC = 37;
const NLM_F_CREATE_EXCL = 0x600;

const IFLA_IFNAME = 3;
const IFLA_LINK = 5;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_NET_NS_FD = 28;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const VETH_INFO_PEER = 1;
const NETKIT_PEER_INFO = 1;
const NETKIT_POLICY = 3;
const NETKIT_PEER_POLICY = 4;
const TCA_KIND = 1;

const IFF_UP = 1;
const OPERSTATE_UP = 6;
const LINK_HEADER = 16;
/** The parent that clsact and the ingress qdisc share, and the handle that the kernel gives both. */
const QDISC_PARENT = 0xffff_fff1;
const QDISC_HANDLE = 0xffff_0000;

/** What rtnetlink tells about a network device. */
export interface LinkState {
  readonly ifindex: number;
  readonly name: string;
  readonly up: boolean;
  /** Whether it would carry packets at once. */
  readonly running: boolean;
  /** Ifindex of the other end of a veth pair, in the namespace of that end; 0 for other devices. */
  readonly peer: number;
}

/**
 * Network devices of the namespace that the calling thread is in at each call.
 *
 * Methods throw an `MprogError` with the errno name as code, `ENODEV` for an unknown device.
 */
export class Devices {
  readonly #foreign: ForeignFunctions;

  constructor(foreign: ForeignFunctions) {
    this.#foreign = foreign;
  }

  /** All devices by ifindex. */
  list(): readonly LinkState[] {
    using socket = new RouteSocket(this.#foreign);
    return socket
      .dump('list the network devices', RTM_GETLINK, linkHeader(0), decodeLink)
      .toSorted((a, b) => a.ifindex - b.ifindex);
  }

  /** One device, named by ifindex or by name. */
  get(device: number | string): LinkState {
    const byName = typeof device === 'string';
    const attributes = byName ? [{ type: IFLA_IFNAME, value: text(device) }] : [];
    const [message] = this.#request(
      `look at device ${device}`,
      RTM_GETLINK,
      0,
      linkHeader(byName ? 0 : device),
      attributes,
    );
    if (message === undefined) throw linuxError(`look at device ${device}`, errno.ENODEV);
    const { payload } = message;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    return decodeLink({ view, bytes: payload }, 0, payload.length);
  }

  /**
   * Makes a veth pair whose one end is here and whose other end is elsewhere.
   *
   * @param peerNamespace fd of the namespace of the other end
   */
  addPair(name: string, peerName: string, peerNamespace: number): void {
    const peer = linkOf(peerName, [{ type: IFLA_NET_NS_FD, value: word(peerNamespace) }]);
    this.#add(name, 'veth', [{ type: VETH_INFO_PEER, value: peer }]);
  }

  /**
   * Makes a netkit pair whose two ends are here.
   *
   * @param policy what each end does with packets while it has no programs: a verdict
   * @throws MprogError `EOPNOTSUPP` where the kernel has no netkit
   */
  addNetkitPair(name: string, peerName: string, policy: number): void {
    const peer = linkOf(peerName, []);
    try {
      this.#add(name, 'netkit', [
        { type: NETKIT_POLICY, value: word(policy) },
        { type: NETKIT_PEER_POLICY, value: word(policy) },
        { type: NETKIT_PEER_INFO, value: peer },
      ]);
    } catch (error) {
      if (!MprogError.is(error) || error.code !== 'EOPNOTSUPP') throw error;
      const reason = 'netkit is not in this kernel (needs Linux 6.7 and CONFIG_NETKIT)';
      throw linuxError(`add netkit pair ${name}`, errno.EOPNOTSUPP, reason);
    }
  }

  #add(name: string, kind: string, data: readonly NetlinkAttribute[]): void {
    const value = encodeAttributes([
      { type: IFLA_INFO_KIND, value: text(kind) },
      { type: IFLA_INFO_DATA, value: encodeAttributes(data) },
    ]);
    this.#request(`add device ${name}`, RTM_NEWLINK, NLM_F_CREATE_EXCL, linkHeader(0), [
      { type: IFLA_IFNAME, value: text(name) },
      { type: IFLA_LINKINFO, value },
    ]);
  }

  remove(ifindex: number): void {
    this.#request(`remove device ${ifindex}`, RTM_DELLINK, 0, linkHeader(ifindex), []);
  }

  rename(ifindex: number, name: string): void {
    this.#request(`rename device ${ifindex} to ${name}`, RTM_SETLINK, 0, linkHeader(ifindex), [
      { type: IFLA_IFNAME, value: text(name) },
    ]);
  }

  setUp(ifindex: number, up: boolean): void {
    const header = linkHeader(ifindex, up ? IFF_UP : 0, IFF_UP);
    this.#request(`set device ${ifindex} ${up ? 'up' : 'down'}`, RTM_SETLINK, 0, header, []);
  }

  /** Moves a device into the namespace that an fd stands for. */
  move(ifindex: number, namespace: number): void {
    this.#request(`move device ${ifindex}`, RTM_SETLINK, 0, linkHeader(ifindex), [
      { type: IFLA_NET_NS_FD, value: word(namespace) },
    ]);
  }

  /** Puts a classic qdisc on a device (`EEXIST` when one is there) or takes it off (`ENOENT`, `EINVAL` when it is not). */
  setQdisc(ifindex: number, kind: ClassicQdisc, present: boolean): void {
    const header = new Uint8Array(20);
    const view = new DataView(header.buffer);
    view.setInt32(4, ifindex, true);
    view.setUint32(8, QDISC_HANDLE, true);
    view.setUint32(12, QDISC_PARENT, true);
    this.#request(
      `${present ? 'add' : 'remove'} qdisc ${kind} of device ${ifindex}`,
      present ? RTM_NEWQDISC : RTM_DELQDISC,
      present ? NLM_F_CREATE_EXCL : 0,
      header,
      [{ type: TCA_KIND, value: text(kind) }],
    );
  }

  #request(
    operation: string,
    type: number,
    flags: number,
    header: Uint8Array,
    attributes: readonly NetlinkAttribute[],
  ) {
    using socket = new RouteSocket(this.#foreign);
    return socket.request(operation, type, flags, header, attributes);
  }
}

/** A device inside of the message about another one. */
function linkOf(name: string, attributes: readonly NetlinkAttribute[]): Uint8Array {
  const all = [{ type: IFLA_IFNAME, value: text(name) }, ...attributes];
  return new Uint8Array([...linkHeader(0), ...encodeAttributes(all)]);
}

function linkHeader(ifindex: number, flags: number = 0, change: number = 0): Uint8Array {
  const header = new Uint8Array(LINK_HEADER);
  const view = new DataView(header.buffer);
  view.setInt32(4, ifindex, true);
  view.setUint32(8, flags, true);
  view.setUint32(12, change, true);
  return header;
}

function decodeLink({ view, bytes }: Pick<Arena, 'view' | 'bytes'>, start: number, end: number): LinkState {
  const find = (type: number) => findAttribute(view, start + LINK_HEADER, end, type);
  const [name, state, peer] = [find(IFLA_IFNAME), find(IFLA_OPERSTATE), find(IFLA_LINK)];
  return {
    ifindex: view.getInt32(start + 4, true),
    name: name < 0 ? '' : readCText(bytes, name, name + lengthOfValue(view, name)),
    up: (view.getUint32(start + 8, true) & IFF_UP) !== 0,
    running: state >= 0 && bytes[state] === OPERSTATE_UP,
    peer: peer < 0 ? 0 : view.getUint32(peer, true),
  };
}
