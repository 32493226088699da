import { clip } from '@mprog/core';
import { type LoadedObject, programType } from '@mprog/kernel';
import { type Change, makeChange } from '../change.js';
import type { Context } from '../context.js';
import { checkPinPath, withPinDirectory } from '../host/bpffs.js';
import { journalIntent } from '../journal/journal-intent.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import { parseReference } from '../names/reference.js';
import type { LoadOptions } from '../options.js';
import { chooseProgram, plannedProgram } from './object-file.js';

/**
 * Loads one program of an object file and pins it; a section that says no type is taken for one of tcx.
 *
 * @throws MprogError as reading the file, checking the path, loading and pinning do
 */
export function loadProgram(context: Context, file: string, options: LoadOptions): Change {
  const operation = `load ${clip(file)}`;
  const { kernel, world } = context;
  const { pin } = options;
  const reference = parseReference(file);
  if (reference.kind !== 'file') {
    throw refusal('ERR_REFERENCE', operation, 'an object file is wanted', {
      remedy: 'write FILE.o or FILE.o:PROGRAM',
    });
  }
  const { bytes, program, origin } = chooseProgram(context, reference.path, reference.program, operation);
  checkPinPath(world, pin, operation, 'choose another path with --pin');
  const type = program.type === 0 ? programType.SCHED_CLS : program.type;
  const planned = plannedProgram(program.name, type);
  if (options.dryRun === true) {
    return makeChange({ kind: 'load-program', program: planned, pin, dryRun: true });
  }
  using object: LoadedObject = kernel.host.objects.load(bytes, {
    name: reference.path,
    program: program.name,
    type,
  });
  const fd = object.programs.find(({ name }) => name === program.name)?.fd;
  if (fd === undefined) {
    throw refusal('ENOENT', operation, `${clip(reference.path)} was loaded without ${clip(program.name)}`);
  }
  const { id, name, tag } = kernel.programs.info(fd);
  const intent = journalIntent({ operation: 'load-program', program: id, ...origin, pin });
  return journalled(context, intent, () => {
    withPinDirectory(world, pin, operation, () => kernel.pins.pin(fd, pin));
    return makeChange({ kind: 'load-program', program: { ...planned, id, name, tag }, pin });
  });
}
