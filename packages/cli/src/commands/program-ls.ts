import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { showListing } from '../render/listing.js';
import type { Output } from '../render/output.js';
import { renderPrograms } from '../render/programs.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation);
  const listing = opened.manager.programs({ fullNames: true });
  const lines = () => renderPrograms(listing.programs, output.style, output.columns);
  const ids = listing.programs.map(({ id }) => id);
  showListing(listing, { ids, empty: 'there are no programs', lines }, output);
  return 0;
}
