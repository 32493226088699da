// What test files import as `vitest` when they are bundled: vitest's own runner and matchers, without the parts that need
// a server beside them.
import { chai, getState, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';
import { getCurrentTest } from '@vitest/runner';
import { fn, spyOn } from '@vitest/spy';
import { limits } from './limits.mjs';

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from '@vitest/runner';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect, {
  getState: () => getState(expect),
  setState: (state) => setState(state, expect),
});

export const vi = {
  fn,
  spyOn,
  setConfig({ testTimeout }) {
    limits.testTimeout = testTimeout;
  },
  resetModules() {
    getCurrentTest().context.skip('modules of a bundle are loaded once');
  },
};

/** Types were checked before; at run time there is nothing to see. */
export const expectTypeOf = () => anything;
const anything = new Proxy(() => anything, { get: () => anything });
