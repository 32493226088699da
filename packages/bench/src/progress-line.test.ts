import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.js';

function lineOn(isTTY: boolean, columns = 20): { readonly line: ProgressLine; readonly written: string[] } {
  const written: string[] = [];
  return { line: new ProgressLine({ isTTY, columns, write: (text) => written.push(text) }), written };
}

describe('ProgressLine', () => {
  it('is written over and cleared on a terminal', () => {
    const { line, written } = lineOn(true);
    line.clear();
    line.show('round 1');
    line.show('round 2, which is longer than the line');
    line.clear();
    line.clear();
    expect(written).toEqual(['\r\u001b[Kround 1', '\r\u001b[Kround 2, which is l', '\r\u001b[K']);
  });

  it('writes nothing elsewhere', () => {
    const { line, written } = lineOn(false);
    line.show('round 1');
    line.clear();
    expect(written).toEqual([]);
    expect(line.isWatched).toBe(false);
  });
});
