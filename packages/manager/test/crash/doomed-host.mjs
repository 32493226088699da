// A host whose process dies at a change that is told by number.
import { command } from '@mprog/kernel';

const changingCalls = new Set(
  [
    'MAP_CREATE',
    'MAP_UPDATE_ELEM',
    'PROG_LOAD',
    'PROG_ATTACH',
    'PROG_DETACH',
    'LINK_CREATE',
    'LINK_UPDATE',
    'LINK_DETACH',
    'OBJ_PIN',
  ].map((name) => command[name]),
);
const changingPins = new Set(['rename', 'exchange', 'remove', 'makeDirectory', 'removeDirectory']);

/**
 * Counts what changes the kernel or its pins, and calls `die` at one of these changes: right before it is made, or right after
 * it was made. What the kernel refused is no change.
 */
export function doomedHost(host, { n, moment, die }) {
  let changes = 0;
  const change = (action, isDone) => {
    if (moment === 'before' && changes + 1 === n) die();
    const result = action();
    if (isDone(result) && ++changes === n && moment === 'after') die();
    return result;
  };
  const systemCall = overridden(host.systemCall, (key, method) =>
    key === 'bpf'
      ? (number, ...rest) =>
          changingCalls.has(number)
            ? change(
                () => method(number, ...rest),
                (result) => result >= 0,
              )
            : method(number, ...rest)
      : method,
  );
  const pins = overridden(host.world.pins, (key, method) =>
    changingPins.has(key)
      ? (...args) =>
          change(
            () => method(...args),
            () => true,
          )
      : method,
  );
  const world = new Proxy(
    overridden(host.world, (_, method) => method),
    {
      get: (target, key) => (key === 'pins' ? pins : Reflect.get(target, key)),
    },
  );
  const objects = overridden(host.objects, (key, method) =>
    key === 'load'
      ? (...args) =>
          change(
            () => method(...args),
            () => true,
          )
      : method,
  );
  return {
    host: { systemCall, world, objects, close() {}, [Symbol.dispose]() {} },
    changes: () => changes,
  };
}

function overridden(target, methodOf) {
  return new Proxy(target, {
    get: (object, key) => {
      const value = Reflect.get(object, key);
      return typeof value === 'function' ? methodOf(key, value.bind(object)) : value;
    },
  });
}
