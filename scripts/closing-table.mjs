const CLOSING = /^((?:(?:not run|failed): .*\n)*)(\d+ passed, \d+ failed(?:, \d+ skipped)?)$/gm;

/**
 * What a run closes with: counts in a line `N passed, N failed[, N skipped]`, and what it says in the lines above.
 *
 * @returns `{ counts, remarks }`; counts are null when it has no such line
 */
export function readClosing(output) {
  const closing = [...output.matchAll(CLOSING)].at(-1);
  if (closing === undefined) return { counts: null, remarks: [] };
  const [passed, failed, skipped = 0] = closing[2].match(/\d+/g).map(Number);
  return { counts: { passed, failed, skipped }, remarks: closing[1].split('\n').filter(Boolean) };
}

/**
 * Closes with each remark once, then one line for each run, and sets the exit code.
 *
 * @param rows `{ name, counts, remarks, note }`; without counts the note says why nothing ran
 */
export function closeWithTable(rows) {
  const told = rows.filter(({ counts, remarks }) => counts && remarks);
  for (const remark of new Set(told.flatMap(({ remarks }) => remarks))) {
    const names = told.filter(({ remarks }) => remarks.includes(remark)).map(({ name }) => name);
    const where = names.length === told.length ? '' : `, on ${names.join(', ')} alone`;
    process.stdout.write(`${remark}${where}\n`);
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, counts, note } of rows) {
    const said =
      counts === undefined || counts === null
        ? note
        : `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    process.stdout.write(`${name.padEnd(width)}  ${said}\n`);
  }
  const total = (key) => rows.reduce((sum, { counts }) => sum + (counts?.[key] ?? 0), 0);
  // A run that ended without counts is a failure; one that could not begin is not.
  const broken = rows.filter(({ counts }) => counts === null).length;
  const failed = total('failed') + broken;
  process.stdout.write(`\n${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
