import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { renderLinks } from '../render/links.js';
import { showListing } from '../render/listing.js';
import type { Output } from '../render/output.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation);
  const listing = opened.manager.links();
  const lines = () => renderLinks(listing.links, output.style, output.columns);
  showListing(
    listing,
    { ids: listing.links.map(({ id }) => id), empty: 'there are no links', lines },
    output,
  );
  return 0;
}
