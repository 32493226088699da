export { attachType, linkType } from './abi/attach-type.js';
export { programTypeOf } from './abi/attach-type-program.js';
export { attr } from './abi/attr.js';
export type { CgroupAttachType } from './abi/cgroup-attach-type.js';
export { cgroupAttachTypeName, cgroupAttachTypes } from './abi/cgroup-attach-type.js';
export type { CommandName } from './abi/command.js';
export { command } from './abi/command.js';
export type { ErrnoName } from './abi/errno.js';
export { errno, errnoName } from './abi/errno.js';
export { flag, queryFlag } from './abi/flag.js';
export { info } from './abi/info.js';
export { mapType } from './abi/map-type.js';
export { programType, programTypeName } from './abi/program-type.js';
export { verdict } from './abi/verdict.js';
export { Arena } from './arena.js';
export type { Attachments, AttachOptions, ChangeOptions, DetachOptions } from './client/attachments.js';
export type { CgroupMode, CgroupOptions } from './client/cgroup-mode.js';
export { ChainReading } from './client/chain-reading.js';
export { Descriptor } from './client/descriptor.js';
export type { CgroupHook, KernelHook, MprogHook, NetkitHook, TcxHook } from './client/hook.js';
export { attachTypeOf, cgroup, describeHook, netkit, targetOf, tcx } from './client/hook.js';
export { Kernel } from './client/kernel.js';
export { isErrno, KernelError } from './client/kernel-error.js';
export type { LinkInfo, LinkOptions, Links } from './client/links.js';
export type { MapInfo, MapShape, Maps } from './client/maps.js';
export type { PinnedObject, Pins } from './client/pins.js';
export type { RawPlacement } from './client/placement.js';
export type { Feature, Probe, ProbeResult } from './client/probe.js';
export { featureNeeds } from './client/probe.js';
export type { ProgramInfo, ProgramSource, Programs, TestRun } from './client/programs.js';
export type {
  CgroupAttachment,
  CgroupQueryResult,
  QueriedAttachment,
  QueryResult,
} from './client/query.js';
export type { ObjectReference } from './client/reference.js';
export { linkFd, linkId, programFd, programId, sameReference } from './client/reference.js';
export type { StandIn, StandInState } from './client/stand-in.js';
export { makeStandIn, readStandIn, standInObstacle } from './client/stand-in.js';
export { STAND_IN_NAME } from './client/stand-in-source.js';
export type { Host } from './host.js';
export type {
  CgroupPacketFate,
  ClassicQdisc,
  Laboratory,
  PacketFate,
  VerdictOptions,
} from './laboratory.js';
export type {
  LoadedMap,
  LoadedObject,
  LoadedProgram,
  LoadOptions,
  ObjectLoader,
  ObjectProgram,
  ReusedMap,
} from './object-loader.js';
export type { MapForm, ObjectMap } from './object-map.js';
export { isNamedLike, mapMisfit } from './object-map.js';
export type { SystemCall } from './system-call.js';
export type {
  Capability,
  Cgroup,
  Device,
  DeviceBackground,
  LinkHolder,
  LinkHolders,
  NamespaceListing,
  NamespaceSelector,
  NetkitDevice,
  NetworkNamespace,
  ObjectKind,
  PinTree,
  TrafficFilter,
  World,
} from './world.js';
