/** What every change may be told. */
export interface ChangeOptions {
  /** Does all checks and shows the result, but loads and changes nothing. */
  readonly dryRun?: boolean;
  /** Also touches what is not ours. */
  readonly force?: boolean;
}

/** What a change of a chain may be told. */
export interface ChainChangeOptions extends ChangeOptions {
  /**
   * Revision that the chain must have, 1 at least; without it the change guards itself with the revision that it read
   * and plans again when the chain changed meanwhile.
   */
  readonly revision?: number | bigint;
}

/** Where and how a program is attached; every reference in its text form. */
export interface AttachOptions extends ChainChangeOptions {
  readonly first?: boolean;
  readonly last?: boolean;
  /** All of them must come after the program. */
  readonly before?: readonly string[];
  /** All of them must come before the program. */
  readonly after?: readonly string[];
  /** Attachment whose place is taken; the other directives are a check then. */
  readonly replace?: string;
  /** Attaches through a link and pins it. */
  readonly link?: boolean;
  /** Absolute path of a pin: of the link, or of the program when it is attached without one. */
  readonly pin?: string;
  /** On a cgroup: runs before the programs of cgroups below instead of after them (spec 10.5). */
  readonly preorder?: boolean;
}

/** The attachment that is to go: a reference, or a place in the chain. */
export type DetachTarget =
  | string
  | { readonly first: true }
  | { readonly last: true }
  | { readonly before: string }
  | { readonly after: string };

/** How an attachment is removed. */
export interface DetachOptions extends ChainChangeOptions {
  /** An attachment or device that is not there is no error. */
  readonly ignoreMissing?: boolean;
}

/** What the inventory shows. */
export interface InventoryOptions {
  /** Patterns of hooks (`eth0`, `tcx/*@veth*`, `eth0%blue`); all hooks when there are none. */
  readonly globs?: readonly string[];
  /** Looks into every namespace that can be entered. */
  readonly allNamespaces?: boolean;
  /** Also finds the whole names of functions. */
  readonly fullNames?: boolean;
}

/** What `show` looks at besides the hook itself. */
export interface ShowOptions {
  /** Also lists what acts in a cgroup, its own programs and those of its ancestors. */
  readonly effective?: boolean;
}

/** How a program is loaded. */
export interface LoadOptions extends Pick<ChangeOptions, 'dryRun'> {
  /** Absolute path below a bpffs. */
  readonly pin: string;
}

/** How a link gets another program. */
export interface UpdateLinkOptions extends ChangeOptions {
  /** Revision that the chain of the link's hook must have; checked right before, since the kernel has no guard here. */
  readonly revision?: number | bigint;
}
