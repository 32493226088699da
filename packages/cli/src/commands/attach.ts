import type { AttachOptions } from '@mprog/manager';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { chainOptions, changeCommand } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  const replace = invocation.option('replace');
  const pin = invocation.option('pin');
  const options: AttachOptions = {
    ...chainOptions(invocation),
    first: invocation.flag('first'),
    last: invocation.flag('last'),
    before: invocation.optionList('before'),
    after: invocation.optionList('after'),
    link: invocation.flag('link'),
    ...(replace === undefined ? {} : { replace }),
    ...(pin === undefined ? {} : { pin }),
    ...(invocation.flag('preorder') ? { preorder: true } : {}),
  };
  return changeCommand(invocation, output, {
    use: 'attach',
    ids: 'programs',
    change: (manager) => manager.attach(invocation.argument('HOOK'), invocation.argument('PROGRAM'), options),
  });
}
