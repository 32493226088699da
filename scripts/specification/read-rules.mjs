/** The chapters whose rules tests must hold. */
const CHAPTERS = new Set(['3', '4', '5', '6', '7', '8', '9', '10', '15']);

/**
 * The rules of the specification in their order. A rule is `{ section, table, label, text }`.
 *
 * | rule                             | label          | a title cites it as          |
 * |----------------------------------|----------------|------------------------------|
 * | section                          | none           | `spec 8.1: …`                |
 * | row or item with a number        | `#4b`          | `spec 4.1 #4b: …`            |
 * | row of a table without numbers   | its first cell | `spec 4.4 "BEFORE R": …`     |
 * | paragraph that begins with a name| the name       | `spec 5.2 full-hook quirk: …`|
 * | fact with a mark, `[V 15.1 a]`   | `a`            | `spec 15.1 a: …`             |
 *
 * `table` tells tables of one section apart: what its header says, or the line above it.
 */
export function readRules(markdown) {
  const rules = [];
  let section = null;
  let above = '';
  let item = '';
  for (const block of blocksOf(markdown)) {
    if (block.kind === 'heading') {
      const [, number, title] = /^#+ (?:(\d+(?:\.\d+)*)\.? )?(.*)$/.exec(block.text);
      section = number !== undefined && CHAPTERS.has(number.split('.')[0]) ? number : null;
      if (section === null) continue;
      rules.push({ section, table: '', kind: 'section', label: '', text: plain(title) });
      rules.push(...marksIn(block.text, section));
    } else if (section !== null && block.kind === 'table') {
      // The rows say what the item leads to.
      if (block.text.startsWith('| |')) rules.pop();
      rules.push(...rowsOf(block.lines, { section, above, item }));
    } else if (section !== null) {
      const items = itemsOf(block.text, section);
      item = items.at(-1)?.label ?? '';
      rules.push(...namedIn(block.text, section), ...items, ...marksIn(block.text, section));
    }
    above = block.kind === 'text' ? block.text : '';
  }
  // What a chapter says before its sections leads to them.
  const divided = new Set(
    rules.map((rule) => rule.section.split('.')[0]).filter((chapter, i) => rules[i].section !== chapter),
  );
  return rules.filter((rule) => !divided.has(rule.section));
}

/** Headings, tables and texts: a paragraph is a text, and so is each point of a list. */
function blocksOf(markdown) {
  const blocks = [];
  let open = null;
  for (const line of markdown.split('\n')) {
    const kind = line.startsWith('#') ? 'heading' : line.startsWith('|') ? 'table' : 'text';
    if (line.trim() === '' || line === '---') open = null;
    else if (kind === 'heading' || open?.kind !== kind || line.startsWith('* ')) {
      open = { kind, lines: [line], text: line };
      blocks.push(open);
    } else {
      open.lines.push(line);
      open.text += ` ${line.trim()}`;
    }
  }
  return blocks;
}

function rowsOf(lines, { section, above, item }) {
  const [header, , ...rows] = lines.map((line) => line.slice(1, line.lastIndexOf('|')).split('|').map(plain));
  const named = above.length < 40 && above.endsWith(':') ? above.slice(0, -1) : '';
  // A table of letters below an item is its continuation; each layer has a column, which is a rule of its own.
  if (header[0] === '')
    return header.slice(1).flatMap((layer, column) =>
      rows
        .filter((cells) => cells[column + 1] !== '–')
        .map(([letter, ...cells]) => ({
          section,
          table: layer,
          kind: 'number',
          label: `${item}${letter}`,
          text: cells[column],
        })),
    );
  // A layout is one fact, that of its section.
  if (header[0] === 'offset') return [];
  const numbered = header[0] === '#';
  const table = [named, ...header.slice(0, 2)].filter((name) => name !== '' && name !== '#').join(', ');
  const shared = (first) => rows.filter((cells) => cells[0] === first).length > 1;
  return rows.map(([first, ...cells]) => ({
    section,
    table,
    kind: numbered ? 'number' : 'row',
    label: numbered ? `#${first}` : shared(first) ? `${first}, ${cells.shift()}` : first,
    text: cells.filter((cell) => cell !== '' && cell !== 'see left' && cell !== '…').join(' → '),
  }));
}

/** `1. … 2. …`, each number the next one, whether on a line of its own or not. */
function itemsOf(text, section) {
  if (!/^\d+\. /.test(text)) return [];
  const items = [];
  let number = Number.parseInt(text, 10);
  for (let from = 0; ; number++) {
    const start = from + `${number}. `.length;
    const next = text.indexOf(` ${number + 1}. `, start);
    const said = plain(text.slice(start, next === -1 ? undefined : next));
    items.push({ section, table: '', kind: 'number', label: `#${number}`, text: said });
    if (next === -1) return items;
    from = next + 1;
  }
}

function namedIn(text, section) {
  const name = /^\*\*([^*]+)\*\*/.exec(text);
  if (name === null) return [];
  return [
    {
      section,
      table: '',
      kind: 'name',
      label: name[1],
      text: plain(text.slice(name[0].length)).replace(/^[:,] */, ''),
    },
  ];
}

/** `[V 15.1 a]` marks the sentence before it, or the section in whose heading it stands. */
function marksIn(text, section) {
  const marks = [...text.matchAll(/`\[V (\d+\.\d+) ([a-z])\]`/g)];
  return marks
    .filter((mark) => section.startsWith(mark[1]))
    .map((mark) => {
      const heading = /^#+ [\d.]+ /.exec(text);
      const said = plain(text.slice(heading?.[0].length ?? 0, mark.index)).replace(/[.;]$/, '');
      const sentence = said.slice(Math.max(said.lastIndexOf('. ') + 2, 0) * Number(said.includes('. ')));
      return {
        section: mark[1],
        table: '',
        kind: 'mark',
        label: mark[2],
        text: sentence.replace(/^\* /, ''),
        ...(heading === null ? {} : { same: section }),
      };
    });
}

/** The text without marks of Markdown and without what says how it was verified. */
export function plain(text) {
  return text
    .replace(/`\[(?:V|S)[^\]]*\]`|\[(?:V|S)(?:-new)?(?: [^\]]*)?\](?!\()/g, '')
    .replace(/\*\*|`/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
