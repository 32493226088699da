import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectPath } from './objects.js';
import { hook, SimulatedHost } from './simulated-host.js';

/** A simulated host with a policy file for its hook, which names `tel` and `fw`, and the objects of both beside it. */
export class PolicyHost extends SimulatedHost {
  /** The policy file. */
  get policy(): string {
    return join(this.directory, 'p.yaml');
  }

  readonly setUpPolicy = async (): Promise<void> => {
    await this.setUp();
    for (const name of ['firewall', 'telemetry', 'audit']) {
      copyFileSync(objectPath(name), join(this.directory, `${name}.bpf.o`));
    }
    this.write('tel, fw');
  };

  /** Writes the policy with an order, and what else its one entry and its programs say. */
  readonly write = (order: string, more = '', programs = ''): void => {
    writeFileSync(
      this.policy,
      `version: 1\nprograms:\n  fw: { object: firewall.bpf.o }\n  tel: { object: telemetry.bpf.o }\n${programs}hooks:\n- on: tcx/ingress\n  devices: [eth0]\n  order: [${order}]\n${more}`,
    );
  };

  readonly json = async <Document>(...words: string[]): Promise<Document> =>
    JSON.parse(await this.succeeds(...words, '-o', 'json'));

  /** Attaches a program that the policy does not name. */
  readonly attachAudit = (...words: string[]): Promise<string> =>
    this.succeeds('attach', hook, `${objectPath('audit')}:audit_in`, ...words);
}
