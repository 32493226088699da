import { MprogError } from '@mprog/core';

/**
 * Makes a path inside the cgroup2 tree of what names a cgroup: one inside the tree (`/app`), or one below its mount
 * point. Slashes that say nothing and `.` go.
 *
 * @param mount where the tree is mounted
 * @param operation verb and object, for the error
 * @throws MprogError `EINVAL` for a path that is relative, holds a zero byte or `..`
 */
export function normalCgroupPath(path: string, mount: string, operation: string): string {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw refusal(operation, 'not an absolute path inside the cgroup2 tree', 'write it from the root, /app');
  }
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) {
    throw refusal(operation, 'a path that holds .. may lead out of the cgroup2 tree', 'write it without');
  }
  const whole = `/${names.join('/')}`;
  if (whole === mount) return '/';
  return mount !== '/' && whole.startsWith(`${mount}/`) ? whole.slice(mount.length) : whole;
}

function refusal(operation: string, reason: string, remedy: string): MprogError {
  return new MprogError('EINVAL', `${operation}: ${reason} (EINVAL); ${remedy}`);
}
