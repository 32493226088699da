/** The line that says why some tests of a run could not run. */
export function notRunLine(reason, tests) {
  return `not run: ${reason} (${tests} ${tests === 1 ? 'test' : 'tests'})`;
}
