import { expect, test, vi } from 'vitest';
import { MprogError, RefusalError } from './errors.js';
import { isRefusal, refusalTexts } from './refusal.js';

test('an error has name, code, message, cause and frozen data', () => {
  const cause = new Error('below');
  const data = { hook: 'tcx/ingress@eth0' };
  const error = new MprogError('ENODEV', 'attach: no such device', { cause, data });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'MprogError',
    code: 'ENODEV',
    message: 'attach: no such device',
    data,
  });
  expect(error.cause).toBe(cause);
  expect(Object.isFrozen(error.data)).toBe(true);
  expect(Object.isFrozen(data)).toBe(false);
  expect(String(error)).toBe('MprogError: attach: no such device');
  expect(Object.keys(error)).not.toContain('name');
});

test('without options there is no cause and the data is empty', () => {
  const error = new MprogError('EIO', 'read: failed');
  expect('cause' in error).toBe(false);
  expect(error.data).toEqual({});
});

test('a class that extends it gets its own name and is still one of the family', () => {
  class DeviceError extends MprogError {}
  const error = new DeviceError('ENODEV', 'gone');
  expect(error.name).toBe('DeviceError');
  expect(MprogError.is(error)).toBe(true);
  expect(RefusalError.is(error)).toBe(false);
});

test.each([new Error('other'), { code: 'ESTALE', data: {} }, null, undefined, 'ESTALE'])(
  '%s is not one',
  (value) => {
    expect(MprogError.is(value)).toBe(false);
    expect(RefusalError.is(value)).toBe(false);
  },
);

test('the check also works across two copies of the package', async () => {
  vi.resetModules();
  const copy = await import('./errors.js');
  const error = new copy.RefusalError('attach program 7', 'ESTALE');
  expect(copy.MprogError).not.toBe(MprogError);
  expect(error).not.toBeInstanceOf(MprogError);
  expect(MprogError.is(error)).toBe(true);
  expect(RefusalError.is(error)).toBe(true);
  expect(RefusalError.is(new copy.MprogError('EIO', 'other'))).toBe(false);
});

test('a refusal says operation, rule, code and remedy', () => {
  const error = new RefusalError('attach tcx/ingress@eth0', 'ESTALE', {
    reason: 'revision is 7, expected 5',
  });
  expect(error).toMatchObject({ name: 'RefusalError', code: 'ESTALE' });
  expect(error.message).toBe(
    'attach tcx/ingress@eth0: revision is 7, expected 5 (ESTALE); somebody changed the chain since it was read: query it again and decide anew',
  );
  expect(new RefusalError('x', 'EBUSY', { remedy: 'wait' }).message).toBe(
    `x: ${refusalTexts.EBUSY.rule} (EBUSY); wait`,
  );
});

test('a refusal is told from a result', () => {
  expect(Object.keys(refusalTexts).every(isRefusal)).toBe(true);
  expect([0, 5, -1, 'ENOSPC', 'toString', undefined, null].some(isRefusal)).toBe(false);
});
