/** Types of maps that mprog makes or reads. */
export const mapType = {
  HASH: 1,
  ARRAY: 2,
  PROG_ARRAY: 3,
  CGROUP_STORAGE: 19,
  PERCPU_CGROUP_STORAGE: 21,
} as const;
