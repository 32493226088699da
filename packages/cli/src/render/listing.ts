import type { Listing } from '@mprog/manager';
import type { Output } from './output.js';

/** What a listing shows in each form of output. */
export interface Listed {
  readonly ids: readonly number[];
  /** What to say where there is nothing to list. */
  readonly empty: string;
  lines(): readonly string[];
}

/** Writes a listing in the form that the command line asks for, and on stderr what could not be read. */
export function showListing(listing: Listing, { ids, empty, lines }: Listed, output: Output): void {
  if (output.isJson) output.json({ ...listing });
  else if (output.quiet) output.lines(...ids.map(String));
  else if (ids.length > 0) output.lines(...lines());
  else if (listing.errors.length === 0) output.lines(empty);
  else output.lines(`${empty}, as far as it could be read`);
  for (const error of listing.errors) output.warn(error);
}
