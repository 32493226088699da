import type { CommandDeclaration, CommandTable, GroupDeclaration, OptionDeclaration } from './declaration.js';
import { commonOptions, optionUsage, usageParts } from './usage.js';
import { wrap } from './wrap.js';

/** Marks up a heading; the identity where there are no colours. */
export type Emphasis = (text: string) => string;

const references = [
  ['id:N', 'the program with this id'],
  ['link:N', 'the link with this id, or the program that it runs'],
  ['name:GLOB', 'by name, also the full function name'],
  ['tag:HEX', 'by tag'],
  ['pin:PATH', 'what is pinned there'],
  ['FILE.o[:PROGRAM]', 'an object file: loaded to attach it, compared by name elsewhere'],
] as const;

/** The names of all hooks; written out, since help loads neither manager nor kernel. */
const hookNames = [
  ['tcx/ingress@eth0', 'what a device receives; tcx/egress what it sends'],
  ['netkit/primary@nk0', 'one end of a netkit pair; netkit/peer the other, by the name of the primary too'],
  [
    'cgroup/TYPE@/app',
    'of a cgroup; TYPE is inet_ingress, inet_egress, inet_sock_create, sock_ops, device, inet4_bind, inet6_bind, inet4_connect, inet6_connect, inet4_post_bind, inet6_post_bind, udp4_sendmsg, udp6_sendmsg, sysctl, udp4_recvmsg, udp6_recvmsg, getsockopt, setsockopt, inet4_getpeername, inet6_getpeername, inet4_getsockname, inet6_getsockname, inet_sock_release, unix_connect, unix_sendmsg, unix_recvmsg, unix_getpeername, unix_getsockname',
  ],
] as const;

/** The overview: every command and option with one line each. */
export function overview(table: CommandTable, width: number, emphasis: Emphasis): string {
  const sections = [
    wrap(
      'mprog orders BPF programs on hooks: before and after each other, guarded by a revision.',
      width,
      0,
    ).join('\n'),
    section('Usage', ['  mprog COMMAND … [OPTION…]'], emphasis),
    section('Commands', commandLines(table, [], width), emphasis),
    section('Common options', optionLines(table.options, width), emphasis),
    section(
      'Hooks, LAYER/DIRECTION@TARGET',
      [
        ...pairs(hookNames, width),
        ...wrap(
          'A device in another network namespace has a suffix: tcx/ingress@eth0%blue, %pid:412 or %inode:4026532301.',
          width,
          2,
        ),
      ],
      emphasis,
    ),
    section('Programs and links (PROGRAM, REF, LINK)', pairs(references, width), emphasis),
    section(
      'Exit status',
      pairs(
        [
          ['0', 'done'],
          ['1', 'refused or failed; nothing is half done'],
          ['2', 'wrong usage'],
          ['3', 'plan --exit-code: something would change'],
        ],
        width,
      ),
      emphasis,
    ),
    section(
      'Examples',
      exampleLines([
        { line: 'mprog ls', meaning: 'what runs on this machine, in order' },
        { line: "mprog attach tcx/ingress@eth0 fw.o --before 'name:cil_*'", meaning: 'before another one' },
        {
          line: 'mprog --kernel simulated:host.json simulate device add eth0',
          meaning: 'try it without root',
        },
        { line: 'mprog demo', meaning: 'watch it work' },
      ]),
      emphasis,
    ),
  ];
  return `${sections.join('\n\n')}\n\nMore on each: mprog help COMMAND\n`;
}

/** The help text of one command. */
export function commandHelp(
  command: CommandDeclaration,
  table: CommandTable,
  width: number,
  emphasis: Emphasis,
): string {
  const sections = [
    ...wrap(`mprog ${command.path.join(' ')}: ${command.summary}`, width, 0),
    '',
    section('Usage', usageLines(command, width), emphasis),
  ];
  for (const paragraph of command.description ?? []) sections.push('', ...wrap(paragraph, width, 0));
  const args = command.arguments.map(({ placeholder, summary }) => [placeholder, summary] as const);
  if (args.length > 0) sections.push('', section('Arguments', pairs(args, width), emphasis));
  if (
    command.arguments.some(takesReference) ||
    command.options.some(({ value }) => value && takesReference(value))
  ) {
    sections.push('', section('A PROGRAM, REF or LINK is one of', pairs(references, width), emphasis));
  }
  if (command.options.length > 0)
    sections.push('', section('Options', optionLines(command.options, width), emphasis));
  sections.push('', section('Common options', optionLines(commonOptions(command, table), width), emphasis));
  if (command.examples.length > 0)
    sections.push('', section('Examples', exampleLines(command.examples), emphasis));
  return `${sections.join('\n')}\n`;
}

/** The help text of words that only lead to commands. */
export function groupHelp(
  group: GroupDeclaration,
  table: CommandTable,
  width: number,
  emphasis: Emphasis,
): string {
  const words = group.path.join(' ');
  const lines = [`mprog ${words}: ${group.summary}`];
  for (const paragraph of group.description ?? []) lines.push('', ...wrap(paragraph, width, 0));
  lines.push('', section('Commands', commandLines(table, group.path, width), emphasis));
  const examples = table.commands
    .filter((command) => startsWith(command.path, group.path))
    .flatMap((command) => command.examples.slice(0, 1));
  lines.push('', section('Examples', exampleLines(examples), emphasis));
  return `${lines.join('\n')}\n\nMore on each: mprog help ${words} COMMAND\n`;
}

function takesReference({ kind }: { readonly kind: string }): boolean {
  return kind === 'reference' || kind === 'program' || kind === 'link';
}

function section(title: string, lines: readonly string[], emphasis: Emphasis): string {
  return [emphasis(`${title}:`), ...lines].join('\n');
}

function commandLines(table: CommandTable, prefix: readonly string[], width: number): string[] {
  const visible = table.commands.filter((command) => !command.hidden && startsWith(command.path, prefix));
  return pairs(
    visible.map((command) => [command.path.join(' '), command.summary] as const),
    width,
  );
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((word, index) => path[index] === word);
}

function optionLines(options: readonly OptionDeclaration[], width: number): string[] {
  return pairs(
    options.map((option) => {
      const short = option.short === undefined ? '' : `-${option.short}, `;
      const repeated = option.repeated ? ' …' : '';
      return [`${short}${optionUsage(option)}${repeated}`, option.summary] as const;
    }),
    width,
  );
}

function exampleLines(examples: readonly { readonly line: string; readonly meaning: string }[]): string[] {
  return examples.flatMap(({ line, meaning }) => [`  ${line}`, `      ${meaning}`]);
}

/** Two columns: words on the left, what they mean wrapped on the right. */
function pairs(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(28, Math.max(...rows.map(([word]) => word.length))) + 4;
  return rows.flatMap(([word, meaning]) => {
    const lines = wrap(meaning, width, left);
    if (word.length + 4 > left) return [`  ${word}`, ...lines];
    const first = lines[0]?.slice(left) ?? '';
    return [`  ${word}`.padEnd(left) + first, ...lines.slice(1)];
  });
}

function usageLines(command: CommandDeclaration, width: number): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const part of usageParts(command)) {
    if (line.trim() !== '' && line.length + 1 + part.length > width) {
      lines.push(line);
      line = ' '.repeat(7);
    }
    line += ` ${part}`;
  }
  return [...lines, line];
}
