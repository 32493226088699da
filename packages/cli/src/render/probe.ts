import type { ProbeReport } from '@mprog/manager';
import { wrap } from '../command-line/wrap.js';
import { printable } from './printable.js';
import { type Style, styleFor } from './style.js';
import { type Cell, type Column, table } from './table.js';
import { wrapped } from './wrapped.js';

const INDENT = 2;
const PURPOSE_INDENT = ' '.repeat(6);

const wide: readonly Column[] = [
  { title: 'FEATURE' },
  { title: 'HERE' },
  { title: 'FOR' },
  { title: 'DETAIL' },
];
const narrow = wide.filter(({ title }) => title !== 'FOR');

/** What a host offers, a feature a line; where that does not fit, what it is for stands below it, so that nothing is cut. */
export function renderProbe(report: ProbeReport, style: Style, width: number): string[] {
  const { features } = report;
  const rows = features.map(({ name, present, purpose, detail }): Cell[] => [
    name,
    present === null
      ? { text: '?', markup: style.caution }
      : { text: present ? 'yes' : 'no', markup: present ? style.good : style.bad },
    purpose,
    detail,
  ]);
  const bare = features.map(({ name, purpose, detail }) => [name, '', purpose, detail]);
  const unmarked = { style: styleFor(false), width: Number.POSITIVE_INFINITY, indent: INDENT };
  const fits = table(wide, [{ rows: bare }], unmarked).every((line) => line.length <= width);
  const layout = { style, width, indent: INDENT };
  if (fits) return [...title(report, style, width), ...table(wide, [{ rows }], layout)];
  const shown = rows.map(([name, here, , detail]) => [name!, here!, detail!]);
  const [head, ...lines] = table(narrow, [{ rows: shown }], layout);
  return [
    ...title(report, style, width),
    head!,
    ...lines.flatMap((line, index) => [
      line,
      ...wrapped(features[index]!.purpose, PURPOSE_INDENT, width, style.faint),
    ]),
  ];
}

function title({ kernel, capabilities }: ProbeReport, style: Style, width: number): string[] {
  const held = capabilities.length === 0 ? 'none of its own' : capabilities.join(', ');
  const name = printable(kernel);
  const [first = '', ...others] = wrap(`${name}, capabilities ${held}`, width, INDENT);
  return [style.strong(name) + first.slice(INDENT + name.length), ...others];
}
