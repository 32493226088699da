/** What guards a change where no revision is named. */
export const revisionGuard =
  'Without --revision the change is guarded by the revision that mprog read: when somebody changes the chain in between, mprog plans again a few times, then names who changed what.';

/** Which attachments, links and pins are ours. */
export const ownership =
  'Ours is what was pinned below mprog/ on bpffs, or recorded in the journal of this boot. Everything else is foreign and needs --force.';

/** When a change is asked for. */
export const consent =
  'What would change is shown, and asked for on a terminal. Without a terminal it takes --yes; it never waits for an answer that nobody can give.';
