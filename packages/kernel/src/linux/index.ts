export { cgroupMount, cgroupMountOrNull } from './cgroups.js';
export type { LinuxLaboratory } from './linux-laboratory.js';
export { openLinuxLaboratory } from './linux-laboratory.js';
export type { LinuxOptions } from './open-linux.js';
export { openLinux } from './open-linux.js';
export type { LinuxUse } from './rights.js';
export { missingOnLinux, requireLinux } from './rights.js';
