/** Files of ASCII alone are read and compiled as they are, others are first made twice as long. */
export function inAscii() {
  return {
    name: 'in-ascii',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') chunk.code = asAscii(chunk.code, chunk.fileName);
      }
    },
  };
}

/** An escape means the same character wherever it is neither escaped itself nor read as it stands. */
export function asAscii(code, name) {
  const raw = code.match(/\\[^\0-\x7f]|String\.raw`[^`]*?[^\0-\x7f`][^`]*`/u);
  if (raw !== null)
    throw new Error(
      `bundle the command: ${name} has characters beside ASCII in a raw text: ${raw[0].slice(0, 40)}`,
    );
  return code.replace(/[^\0-\x7f]/g, escaped);
}

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
