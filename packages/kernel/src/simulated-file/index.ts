export type { HostShape } from '../simulated/host-shape.js';
export type { SimulatedProcess } from '../simulated/simulated-process.js';
export type { SimulatedFileOptions } from './open-simulated-file.js';
export { openSimulatedFile } from './open-simulated-file.js';
