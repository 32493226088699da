import type { ObjectTable } from '../objects/object-table.js';
import type { StateReader } from './state-reader.js';

const MAX_ID = 0x7fff_ffff;

/** Restores a table of objects and the id that comes next. */
export function restoreTable<Item extends { readonly id: number }>(
  table: ObjectTable<Item>,
  saved: StateReader,
  read: (item: StateReader) => Item,
): void {
  table.continueAt(saved.field('nextId').integer(1, MAX_ID));
  for (const item of saved.field('items').items()) {
    const object = read(item);
    if (table.get(object.id) !== undefined) throw item.refuse(`has the id ${object.id} of another one`);
    table.add(object);
  }
}

/** Reads an id. */
export function readId(item: StateReader): number {
  return item.integer(1, MAX_ID);
}

/** What a reference names, which must be there. */
export function known<Item>(object: Item | undefined, item: StateReader, kind: string): Item {
  if (object === undefined) throw item.refuse(`names a ${kind} that is not there`);
  return object;
}
