/** Counts in the last line of a run, `N passed, N failed[, N skipped]`; null when it has none. */
export function readCounts(output) {
  const lines = output.match(/^\d+ passed, \d+ failed(?:, \d+ skipped)?$/gm);
  if (lines === null) return null;
  const [passed, failed, skipped = 0] = lines.at(-1).match(/\d+/g).map(Number);
  return { passed, failed, skipped };
}

/**
 * Closes with one line for each run and sets the exit code.
 *
 * @param rows `{ name, counts, note }`; without counts the note says why nothing ran
 */
export function closeWithTable(rows) {
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
