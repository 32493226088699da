import type { ProbeReport } from '@mprog/manager';
import type { Style } from './style.js';
import { type Column, table } from './table.js';

const columns: readonly Column[] = [
  { title: 'FEATURE' },
  { title: 'HERE' },
  { title: 'FOR', cut: 'end', least: 20 },
  { title: 'DETAIL', cut: 'end', least: 16 },
];

/** What a host offers, a feature a line. */
export function renderProbe(report: ProbeReport, style: Style, width: number): string[] {
  const rows = report.features.map(({ name, present, purpose, detail }) => [
    name,
    present === null
      ? { text: '?', markup: style.caution }
      : { text: present ? 'yes' : 'no', markup: present ? style.good : style.bad },
    purpose,
    detail,
  ]);
  const capabilities = report.capabilities.length === 0 ? 'none of its own' : report.capabilities.join(', ');
  return [
    `${style.strong(report.kernel)}, capabilities ${capabilities}`,
    ...table(columns, [{ rows }], { style, width, indent: 2 }),
  ];
}
