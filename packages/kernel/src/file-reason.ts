const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'it has nothing to read at the moment',
  EDQUOT: 'the quota of its file system is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it is larger than a file may be',
  EINVAL: 'it is no file that allows this',
  EIO: 'its disk fails',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'this process has too many open file descriptors',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'this machine has too many open files',
  ENODEV: 'it is no regular file',
  ENOENT: 'there is no such file or directory',
  ENOMEM: 'out of memory',
  ENOSPC: 'its file system is full',
  ENOTDIR: 'a part of its path is no directory',
  ENXIO: 'it is no regular file',
  EPERM: 'operation not permitted',
  EROFS: 'its file system is read-only',
  ETXTBSY: 'it is a program that runs',
};

/** What an errno name means for a file, in words that fit behind its path. */
export function fileReason(code: string): string {
  return reasons[code] ?? 'the file system refuses';
}
