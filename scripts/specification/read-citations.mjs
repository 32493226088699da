/**
 * The rules that a test holds, by its full name as vitest gives it: what stands between `spec` and the colon of the
 * innermost part that begins so. Each is `{ section, words, label, quoted }`; an empty label names the section.
 *
 * `spec 15.2 #9 and OBJ_GET #5: …` cites two rows, the second of the table that has OBJ_GET in its name;
 * `spec 15.3 #1 to #9: …` nine rows; `spec 4.4 "BEFORE R": …` a row by its text; `spec 15.5 #4, 15.8 #4: …` two sections.
 */
export function readCitations(fullName) {
  const parts = fullName.split(' > ');
  const part = parts.findLast((text) => /^spec \d/.test(text));
  if (part === undefined || parts.at(-1).startsWith('not here: ')) return [];
  const head = /^spec ((?:"[^"]*"|[^":]|:(?! ))*)/.exec(part)[1];
  const tokens = head.replace(/\([^)]*\)/g, '').match(/"[^"]*"|[^\s,"]+/g) ?? [];
  const citations = [];
  let section = '';
  let words = [];
  let range = false;
  const cite = (label, quoted = false) => {
    citations.push({ section, words: words.join(' '), label, quoted });
    words = [];
  };
  const closeSection = () => {
    if (words.length > 0) cite('', false);
    else if (section !== '' && !citations.some((citation) => citation.section === section)) cite('');
  };
  for (const token of tokens) {
    if (/^\d+(\.\d+)*$/.test(token)) {
      closeSection();
      section = token;
    } else if (/^#\d+[a-z]?$/.test(token)) {
      if (range) {
        const last = Number(token.slice(1));
        for (let n = Number(citations.at(-1).label.slice(1)) + 1; n < last; n++) {
          words = citations.at(-1).words === '' ? [] : [citations.at(-1).words];
          cite(`#${n}`);
        }
      }
      range = false;
      cite(token);
    } else if (token.startsWith('"')) cite(token.slice(1, -1), true);
    else if (/^[a-z]$/.test(token)) cite(token);
    else if (token === 'to') range = true;
    else if (token !== 'and') words.push(token);
  }
  closeSection();
  return citations;
}

/** The rule among `rules` that a citation means; undefined when there is none, or more than one could be meant. */
export function findRule(rules, { section, words, label, quoted }) {
  const here = rules.filter((rule) => rule.section === section);
  const says = (text) => text.toLowerCase().includes(words.toLowerCase());
  if (quoted) {
    const rows = here.filter((rule) => rule.kind === 'row' && says(rule.table));
    const only = (found) => (found.length === 1 ? found[0] : undefined);
    return (
      only(rows.filter((rule) => rule.label === label)) ??
      only(rows.filter((rule) => rule.label.split(' / ').includes(label))) ??
      only(rows.filter((rule) => rule.label.startsWith(label)))
    );
  }
  if (label === '' && words !== '') return here.find((rule) => rule.kind === 'name' && says(rule.label));
  if (label === '') return here.find((rule) => rule.kind === 'section');
  const mark = /^[a-z]$/.test(label);
  return here.find((rule) => rule.label === label && (mark || says(rule.table)));
}
