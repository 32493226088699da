/** Machines that the Linux kernel is driven on, in the words of `process.arch`. */
export type Machine = 'x64' | 'arm64';

/** Numbers of the system calls that are made directly, by machine. */
export const systemCallNumber = {
  bind: { x64: 49, arm64: 200 },
  bpf: { x64: 321, arm64: 280 },
  capget: { x64: 125, arm64: 90 },
  capset: { x64: 126, arm64: 91 },
  chroot: { x64: 161, arm64: 51 },
  close: { x64: 3, arm64: 57 },
  fchdir: { x64: 81, arm64: 50 },
  fcntl: { x64: 72, arm64: 25 },
  getcpu: { x64: 309, arm64: 168 },
  ioctl: { x64: 16, arm64: 29 },
  mmap: { x64: 9, arm64: 222 },
  mount: { x64: 165, arm64: 40 },
  mprotect: { x64: 10, arm64: 226 },
  munmap: { x64: 11, arm64: 215 },
  openat: { x64: 257, arm64: 56 },
  ppoll: { x64: 271, arm64: 73 },
  recvfrom: { x64: 45, arm64: 207 },
  renameat2: { x64: 316, arm64: 276 },
  sched_getaffinity: { x64: 204, arm64: 123 },
  sched_setaffinity: { x64: 203, arm64: 122 },
  sendto: { x64: 44, arm64: 206 },
  setns: { x64: 308, arm64: 268 },
  socket: { x64: 41, arm64: 198 },
  umount2: { x64: 166, arm64: 39 },
  unshare: { x64: 272, arm64: 97 },
} as const;

/** The name of a system call in {@link systemCallNumber}. */
export type SystemCallName = keyof typeof systemCallNumber;
