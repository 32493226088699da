import { clip } from '@mprog/core';
import { refusal } from '../manager-error.js';
import { compileGlob } from './glob.js';
import { didYouMean } from './nearest.js';

/** How a program, an attachment or a link is named. */
export type Reference =
  /** A program by its id. */
  | { readonly kind: 'id'; readonly id: number }
  /** A link by its id, or the program or attachment that it holds. */
  | { readonly kind: 'link'; readonly id: number }
  /** Programs whose name (15 characters in the kernel) or whole function name matches a pattern. */
  | { readonly kind: 'name'; readonly glob: string }
  /** Programs with a tag of 16 hexadecimal digits. */
  | { readonly kind: 'tag'; readonly tag: string }
  /** What is pinned at an absolute path: a program, or a link and with it the program that it holds. */
  | { readonly kind: 'pin'; readonly path: string }
  /** A program inside an object file. */
  | { readonly kind: 'file'; readonly path: string; readonly program: string | null };

/** The forms of a reference, for messages. */
export const referenceForms = 'id:N, link:N, name:GLOB, tag:HEX, pin:PATH or FILE.o[:PROGRAM]';

const prefixes = ['id', 'link', 'name', 'tag', 'pin'] as const;
const LARGEST_ID = 0x7fff_ffff;

/**
 * Reads a reference: `id:97`, `link:7`, `name:fw_*`, `tag:59f4a931744dcdc6`, `pin:/sys/fs/bpf/x`, `fw.o`, `fw.o:main`.
 *
 * What begins with one of the five words and a colon is never a file; write `./id:1.o` for one of such a name.
 *
 * @throws MprogError `ERR_REFERENCE`
 */
export function parseReference(text: string): Reference {
  const operation = `read reference ${JSON.stringify(clip(text))}`;
  const colon = text.indexOf(':');
  const prefix = prefixes.find((word) => word === text.slice(0, Math.max(colon, 0)));
  if (prefix === undefined) return parseFile(text, operation);
  return Object.freeze(parsePrefixed(prefix, text.slice(colon + 1), operation));
}

/** Writes a reference as {@link parseReference} reads it. */
export function formatReference(reference: Reference): string {
  switch (reference.kind) {
    case 'id':
    case 'link':
      return `${reference.kind}:${reference.id}`;
    case 'name':
      return `name:${reference.glob}`;
    case 'tag':
      return `tag:${reference.tag}`;
    case 'pin':
      return `pin:${reference.path}`;
    case 'file':
      return reference.program === null ? reference.path : `${reference.path}:${reference.program}`;
  }
}

function parsePrefixed(prefix: (typeof prefixes)[number], value: string, operation: string): Reference {
  const shown = JSON.stringify(clip(value));
  switch (prefix) {
    case 'id':
    case 'link': {
      const id = /^[0-9]{1,10}$/.test(value) ? Number(value) : 0;
      if (id < 1 || id > LARGEST_ID) {
        throw refusal(
          'ERR_REFERENCE',
          operation,
          `${prefix}: wants a number from 1 to ${LARGEST_ID}, not ${shown}`,
          { remedy: `mprog ${prefix === 'id' ? 'program' : 'link'} ls lists ids` },
        );
      }
      return { kind: prefix, id };
    }
    case 'name':
      if (value === '')
        throw refusal('ERR_REFERENCE', operation, 'name: wants a name or a pattern', {
          remedy: 'write for example name:fw_*',
        });
      compileGlob(value);
      return { kind: 'name', glob: value };
    case 'tag':
      if (!/^[0-9a-f]{16}$/i.test(value)) {
        throw refusal('ERR_REFERENCE', operation, `tag: wants 16 hexadecimal digits, not ${shown}`, {
          remedy: 'mprog program ls lists tags',
        });
      }
      return { kind: 'tag', tag: value.toLowerCase() };
    case 'pin':
      if (!value.startsWith('/') || value.includes('\0')) {
        throw refusal('ERR_REFERENCE', operation, `pin: wants an absolute path, not ${shown}`, {
          remedy: 'write it whole, for example pin:/sys/fs/bpf/mprog/NAME',
        });
      }
      return { kind: 'pin', path: value };
  }
}

function parseFile(text: string, operation: string): Reference {
  const file = /^([^\0]*[^/\0]\.o)(?::([^/\0]*))?$/s.exec(text);
  if (file === null) throw notOne(text, operation);
  const program = file[2] ?? null;
  if (program === '')
    throw refusal('ERR_REFERENCE', operation, 'no program is named behind the colon', {
      remedy: 'name one, or leave out the colon where there is just one',
    });
  return Object.freeze({ kind: 'file', path: file[1]!, program });
}

function notOne(text: string, operation: string): Error {
  if (/^[0-9]+$/.test(text)) {
    return refusal('ERR_REFERENCE', operation, 'a bare number may be a program or a link', {
      remedy: `write id:${clip(text)} or link:${clip(text)}`,
    });
  }
  const word = /^([a-z]+):/i.exec(text)?.[1];
  const near =
    word === undefined
      ? ''
      : didYouMean(
          `${word}:`,
          prefixes.map((prefix) => `${prefix}:`),
        );
  return refusal('ERR_REFERENCE', operation, `it is none of ${referenceForms}`, {
    ...(near === '' ? {} : { remedy: near.slice(2) }),
  });
}
