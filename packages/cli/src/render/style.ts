import { styleText } from 'node:util';

/** Marks up a piece of text that has been laid out already. */
export type Markup = (text: string) => string;

/** The few ways in which texts stand out; without colours all of them leave the text alone. */
export interface Style {
  readonly strong: Markup;
  readonly faint: Markup;
  readonly good: Markup;
  readonly caution: Markup;
  readonly bad: Markup;
  readonly name: Markup;
}

const plain: Markup = (text) => text;

const noStyle: Style = { strong: plain, faint: plain, good: plain, caution: plain, bad: plain, name: plain };

function markup(format: Parameters<typeof styleText>[0]): Markup {
  return (text) => styleText(format, text, { validateStream: false });
}

/** The styles for a stream that shows colours or not. */
export function styleFor(colors: boolean): Style {
  if (!colors) return noStyle;
  return {
    strong: markup('bold'),
    faint: markup('dim'),
    good: markup('green'),
    caution: markup('yellow'),
    bad: markup('red'),
    name: markup('cyan'),
  };
}
