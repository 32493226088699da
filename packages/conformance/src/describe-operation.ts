import type { TraceFlag, TraceOperation, TraceRelative, TraceRevision } from './trace.js';

/**
 * An operation as a line of a script: verb, what, where, then flags and the rest in the order of the attr.
 *
 * @example
 * describeOperation(operation); // 'attach p20 to ingress, AFTER|LINK relative l1 by fd, revision 3 (stale)'
 */
export function describeOperation(operation: TraceOperation): string {
  switch (operation.op) {
    case 'attach':
      return phrase(
        `attach ${operation.prog ?? 'fd 0'} to ${operation.on}`,
        directives(operation.flags, operation.rel),
        operation.replace === null ? '' : `replace fd of ${operation.replace}`,
        guard(operation.rev),
      );
    case 'detach':
      return phrase(
        `detach ${operation.prog ?? 'no program'} from ${operation.on}`,
        directives(operation.flags, operation.rel),
        guard(operation.rev),
      );
    case 'link_create':
      return phrase(
        `create link ${operation.as} of ${operation.prog ?? 'fd 0'} to ${operation.on}`,
        directives(operation.flags, operation.rel),
        guard(operation.rev),
      );
    case 'link_update':
      return phrase(
        `update link ${operation.link} to ${operation.prog ?? 'fd 0'}`,
        directives(operation.flags, null),
        operation.old === null ? '' : `old ${operation.old}`,
      );
    case 'query':
      return phrase(
        `query ${operation.on}`,
        `count ${operation.count}`,
        operation.ids ? '' : 'no array for ids',
        operation.progFlags ? 'array for flags' : '',
        operation.queryFlags === 0 ? '' : `query_flags ${operation.queryFlags}`,
        operation.attachFlags === 0 ? '' : `attach_flags ${operation.attachFlags}`,
      );
    case 'clsact':
      return operation.present ? 'add clsact' : 'remove clsact';
    case 'target_remove':
      return 'remove the target';
    default:
      return `${linkVerbs[operation.op]} link ${operation.link}`;
  }
}

const linkVerbs = {
  link_detach: 'detach',
  link_open: 'open',
  link_close: 'close an fd of',
  link_info: 'read info of',
} as const;

function phrase(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function directives(flags: readonly TraceFlag[], rel: TraceRelative | null): string {
  const object = rel === null ? '' : `relative ${describeRelative(rel)}`;
  return [flags.join('|'), object].filter((part) => part !== '').join(' ');
}

function describeRelative(rel: TraceRelative): string {
  switch (rel.kind) {
    case 'none':
      return `${rel.by} 0`;
    case 'file':
      return 'fd of a file';
    case 'bogus':
      return rel.by === 'fd' ? 'bogus fd' : `bogus ${rel.what} id`;
    default:
      return `${rel.ref} by ${rel.by}`;
  }
}

function guard(revision: TraceRevision): string {
  return revision.value === 0 ? '' : `revision ${revision.value} (${revision.mode})`;
}
