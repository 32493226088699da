import { type Cell, kindAtSide, type Model } from './model.js';
import type { SlotKind } from './problem.js';

/** One change of a chain of cells, without regard to what is the program itself and what a stand-in for it. */
export type Move =
  | { readonly kind: 'insert'; readonly index: number; readonly thing: number; readonly slotKind: SlotKind }
  | { readonly kind: 'remove'; readonly index: number }
  | { readonly kind: 'replace'; readonly index: number; readonly thing: number };

/** A chain that is being changed, with the moves that did it. */
export class Draft {
  readonly model: Model;
  readonly cells: Cell[];
  readonly moves: Move[];
  #nextId: number;

  constructor(model: Model, cells: readonly Cell[] = model.today, moves: readonly Move[] = []) {
    this.model = model;
    this.cells = [...cells];
    this.moves = [...moves];
    this.#nextId = model.today.length + moves.filter(({ kind }) => kind === 'insert').length;
  }

  copy(): Draft {
    return new Draft(this.model, this.cells, this.moves);
  }

  /** Entries on the hook. */
  get count(): number {
    let count = 0;
    for (const { thing } of this.cells) count += this.model.size[thing]!;
    return count;
  }

  get isFull(): boolean {
    return this.count >= this.model.problem.rules.capacity;
  }

  copiesOf(thing: number): readonly Cell[] {
    return this.cells.filter((cell) => cell.thing === thing);
  }

  indexOf(id: number): number {
    return this.cells.findIndex((cell) => cell.id === id);
  }

  /** Whether one more copy of a program would have to be a stand-in, here and now. */
  needsStandIn(thing: number, kind: SlotKind, except: number | null = null): boolean {
    return this.cells.some((cell) => cell.id !== except && excludes(this.model, cell, thing, kind));
  }

  /** Whether a copy of a program can be made, here and now. */
  canCopy(thing: number, kind: SlotKind, except: number | null = null): boolean {
    return hasStandIn(this.model, thing) || !this.needsStandIn(thing, kind, except);
  }

  /** Whether the layer has a way to say the place (spec 10.3.1), and there is room. */
  canInsert(index: number, kind: SlotKind): boolean {
    return !this.isFull && reachable(this.model, this.cells, index, kind);
  }

  canReplace(kind: SlotKind): boolean {
    return this.model.problem.rules.replaceWhenFull || kind === 'link' || !this.isFull;
  }

  insert(index: number, thing: number, slotKind: SlotKind): number {
    const id = this.#nextId++;
    const copy = this.needsStandIn(thing, slotKind);
    this.cells.splice(index, 0, { id, thing, kind: slotKind, copy });
    this.moves.push({ kind: 'insert', index, thing, slotKind });
    return id;
  }

  remove(index: number): void {
    this.cells.splice(index, 1);
    this.moves.push({ kind: 'remove', index });
  }

  replace(index: number, thing: number): void {
    const { id, kind } = this.cells[index]!;
    this.cells[index] = { id, thing, kind, copy: this.needsStandIn(thing, kind, id) };
    this.moves.push({ kind: 'replace', index, thing });
  }
}

export function hasStandIn({ problem, things }: Model, thing: number): boolean {
  const own = things[thing]!;
  return own.sort === 'own' && !Object.hasOwn(problem.withoutStandIn, own.key);
}

/** Whether a cell holds the program itself in a way that does not let the same program be attached again. */
export function excludes({ problem }: Model, cell: Cell, thing: number, kind: SlotKind): boolean {
  if (cell.thing !== thing || cell.copy) return false;
  return !problem.rules.linkRepeats || (cell.kind === 'direct' && kind === 'direct');
}

function reachable(model: Model, cells: readonly Cell[], index: number, kind: SlotKind): boolean {
  if (!model.problem.rules.besideSameKind || index === 0 || index === cells.length) return true;
  return (
    kindAtSide(model, cells[index - 1]!, 'right') === kind ||
    kindAtSide(model, cells[index]!, 'left') === kind
  );
}
