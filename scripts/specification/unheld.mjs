/** Rules that no test holds, each with what chapter 14 of the specification says of it. */
export const unheld = [
  { rule: '4.1 #0', why: 'chapter 14: offloaded programs; no device here takes one' },
  { rule: '7.5 cgroup #6f', why: 'chapter 14: the check of cgroup storage in a link update' },
];
