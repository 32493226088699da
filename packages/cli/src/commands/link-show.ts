import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { renderLink } from '../render/links.js';
import { showListing } from '../render/listing.js';
import type { Output } from '../render/output.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation);
  const listing = opened.manager.link(invocation.argument('LINK'));
  const lines = () => listing.links.flatMap((link) => renderLink(link, output.style));
  showListing(
    listing,
    { ids: listing.links.map(({ id }) => id), empty: 'there is no such link', lines },
    output,
  );
  return 0;
}
