export type { HostShape } from './host-shape.js';
export type { Direction } from './objects/device.js';
export type { Behaviour, ClassicFilter, Packet, PacketResult } from './packet.js';
export type { ProcessOptions, SimulatedKernelOptions } from './simulated-kernel.js';
export { SimulatedKernel } from './simulated-kernel.js';
export { SimulatedLaboratory } from './simulated-laboratory.js';
export type { SimulatedProcess } from './simulated-process.js';
export type { SimulatedState } from './state/simulated-state.js';
