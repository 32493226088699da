import { describe, expect, it } from 'vitest';
import { DescriptorOwners } from './descriptor-owners.js';

describe('owners of fds', () => {
  it('own what nobody has closed, and not the number when it is given out again', () => {
    const owners = new DescriptorOwners();
    const [first, second] = [{}, {}];
    owners.add(5, first);
    owners.add(6, first);
    owners.forget(5);
    owners.add(5, second);
    owners.forget(7);
    expect(owners.of(first)).toEqual([6]);
    expect(owners.of(second)).toEqual([5]);
  });
});
