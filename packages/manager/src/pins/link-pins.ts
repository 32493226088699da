import { MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { pinInDirectory, tidyAbove } from '../host/bpffs.js';
import type { HostView } from '../host/host-view.js';
import { isDefunct } from '../host/link-listing.js';
import type { Place } from '../host/place.js';
import { refusal } from '../manager-error.js';
import { openPin } from '../resolve/open-pin.js';

/**
 * Pins of the links of one hook: each is named after the program that its link holds in the end.
 *
 * A link that takes over from another one of the same program is pinned beside it, `NAME~`, until that one is gone.
 * Nobody reads from a pin's name what its link holds, so a kill between an update and its rename does no harm.
 */
export class LinkPins {
  readonly #context: Context;
  readonly #pinOf: (key: string) => string;
  readonly #operation: string;

  constructor(context: Context, pinOf: (key: string) => string, operation: string) {
    this.#context = context;
    this.#pinOf = pinOf;
    this.#operation = operation;
  }

  /** Pins a link that was made for a key; returns the path. */
  pin(linkFd: number, key: string, places: readonly Place[]): string {
    const wanted = this.#pinOf(key);
    const path = this.#isFree(wanted, places) ? wanted : this.#beside(wanted, places);
    pinInDirectory(this.#context.world, path, this.#operation, () =>
      this.#context.kernel.pins.pin(linkFd, path),
    );
    return path;
  }

  /**
   * Removes the pins of ours of a link that was detached; those of others stay. One that can't be removed is swept by the
   * next change of the hook.
   *
   * @param view what the host looked like before the plan: pins were exchanged since, so each is looked at again
   * @returns a sentence for each that stays
   */
  remove({ link, program, pin }: Place, view: HostView): readonly string[] {
    const stay: string[] = [];
    const pins = new Set(view.pins.link(link ?? 0) ?? []);
    if (pin !== null) pins.add(pin);
    for (const path of pins) {
      const isOurs = path === pin || view.ownsPin(path, { program, link });
      if (!isOurs || !this.#holds(path, link)) continue;
      try {
        this.#context.world.pins.remove(path);
        tidyAbove(this.#context.world, path);
      } catch (error) {
        if (!MprogError.is(error)) throw error;
        stay.push(`pin ${path} stays: ${error.message}`);
      }
    }
    return stay;
  }

  #holds(path: string, link: number | null): boolean {
    try {
      using pinned = openPin(this.#context, path, this.#operation);
      return pinned.kind === 'link' && this.#context.kernel.links.info(pinned.fd).id === link;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Whether every link of ours has the pin that is named after its program, as far as no other one has it. */
  areSettled(places: readonly Place[]): boolean {
    const kept = new Set(places.filter(({ own }) => !own).map(({ pin }) => pin));
    return places.every((place) => {
      const { own, pin, key } = place;
      if (!own) return this.#nameLeft(place, places) === null;
      const wanted = this.#pinOf(key);
      return pin === null || pin === wanted || kept.has(wanted);
    });
  }

  /**
   * The name that a kill kept from the pin of a link which no plan changes, where it can be had; else null. Only mprog pins
   * links beside their names.
   */
  #nameLeft({ pin, key }: Place, places: readonly Place[]): string | null {
    const name = pin?.replace(/~+$/, '') ?? null;
    if (name === null || name === pin) return null;
    const isTaken = (path: string) =>
      places.some((other) => other.pin === path || (other.own && this.#pinOf(other.key) === path)) ||
      this.#context.world.pins.kindOf(path) !== null;
    return [name, this.#pinOf(key)].find((path) => !isTaken(path)) ?? null;
  }

  /** Removes a pin when it is still one of a link that holds nothing. */
  sweep(path: string): void {
    this.#isFree(path, []);
  }

  /** Gives every link the pin that is named after its program, by renaming and exchanging. */
  settle(places: readonly Place[], settled: (places: readonly Place[]) => void): void {
    try {
      this.#settle(places, settled);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      // With another state directory nobody waits for this process.
      throw refusal('ESTALE', this.#operation, 'somebody removed or renamed pins of its links meanwhile', {
        cause: error,
      });
    }
  }

  #settle(places: readonly Place[], settled: (places: readonly Place[]) => void): void {
    const { pins } = this.#context.world;
    let current = places;
    const assign = (place: Place, pin: string) => {
      current = current.map((other) => (other.slot === place.slot ? { ...other, pin } : other));
      settled(current);
    };
    for (const { slot } of places) {
      const place = current.find((other) => other.slot === slot)!;
      if (place.pin === null) continue;
      if (!place.own) {
        const name = this.#nameLeft(place, current);
        if (name === null) continue;
        pins.rename(place.pin, name);
        assign(place, name);
        continue;
      }
      const wanted = this.#pinOf(place.key);
      if (place.pin === wanted) continue;
      const holder = current.find((other) => other.pin === wanted);
      if (holder === undefined) {
        if (!this.#isFree(wanted, current)) continue;
        pins.rename(place.pin, wanted);
        assign(place, wanted);
      } else if (holder.own && holder.key !== place.key) {
        const { pin } = place;
        pins.exchange(pin, wanted);
        assign(place, wanted);
        assign(holder, pin);
      }
    }
  }

  /** Whether nothing is pinned at a path; what a severed link left there is removed. */
  #isFree(path: string, places: readonly Place[]): boolean {
    if (places.some(({ pin }) => pin === path)) return false;
    try {
      using pinned = openPin(this.#context, path, this.#operation);
      if (pinned.kind !== 'link') return false;
      if (isDefunct(this.#context.kernel.links.info(pinned.fd)) !== true) return false;
      this.#context.world.pins.remove(path);
      tidyAbove(this.#context.world, path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    return true;
  }

  #beside(path: string, places: readonly Place[]): string {
    let beside = `${path}~`;
    while (!this.#isFree(beside, places)) beside = `${beside}~`;
    return beside;
  }
}
