export { attachType, linkType } from './abi/attach-type.js';
export type { CommandName } from './abi/command.js';
export { command } from './abi/command.js';
export type { ErrnoName } from './abi/errno.js';
export { errno, errnoName } from './abi/errno.js';
export { flag, queryFlag } from './abi/flag.js';
export { mapType } from './abi/map-type.js';
export { programType, programTypeName } from './abi/program-type.js';
export { verdict } from './abi/verdict.js';
export { Arena } from './arena.js';
export type { Host } from './host.js';
export type { ClassicQdisc, Laboratory, PacketFate } from './laboratory.js';
export type {
  LoadedMap,
  LoadedObject,
  LoadedProgram,
  LoadOptions,
  ObjectLoader,
  ObjectProgram,
} from './object-loader.js';
export type { SystemCall } from './system-call.js';
export type {
  Capability,
  Cgroup,
  Device,
  NamespaceListing,
  NamespaceSelector,
  NetworkNamespace,
  ObjectKind,
  PinTree,
  World,
} from './world.js';
