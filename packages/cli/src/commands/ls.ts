import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { renderHooks } from '../render/hooks.js';
import { type Listed, showListing } from '../render/listing.js';
import type { Output } from '../render/output.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation);
  const globs = invocation.argumentList('HOOK-GLOB');
  const allNamespaces = invocation.flag('all-namespaces');
  const inventory = opened.manager.inventory({ globs, allNamespaces });
  const listed: Listed = {
    ids: inventory.hooks.flatMap((hook) => hook.attachments.map(({ program }) => program.id)),
    empty: emptyWords(globs, allNamespaces, invocation.option('netns')),
    lines: () => renderHooks(inventory.hooks, output.style, output.columns),
  };
  showListing(inventory, listed, output);
  return 0;
}

function emptyWords(globs: readonly string[], allNamespaces: boolean, netns: string | undefined): string {
  const named = netns === undefined ? 'this namespace' : `namespace ${netns}`;
  const where = allNamespaces ? 'any namespace' : named;
  return globs.length === 0
    ? `no hook in ${where} has programs`
    : `no hook that matches ${globs.join(' or ')} has programs`;
}
