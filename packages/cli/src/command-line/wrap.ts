/** Breaks a text at spaces into lines of at most `width` characters, each indented; a longer word keeps its line. */
export function wrap(text: string, width: number, indent: number): string[] {
  const margin = ' '.repeat(indent);
  if (indent + text.length <= width && !text.startsWith(' ')) return [margin + text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(margin + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, margin + line];
}
