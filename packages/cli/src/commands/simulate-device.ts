import { parseNamespace } from '@mprog/manager';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { type Shape, simulate } from '../simulate.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  const name = invocation.argument('DEVICE');
  const action = invocation.command.path.at(-1);
  if (action === 'add') {
    const peer = invocation.option('netkit');
    return simulate(invocation, output, peer === undefined ? add(name) : addPair(name, peer));
  }
  if (action === 'remove') return simulate(invocation, output, remove(name));
  return simulate(invocation, output, move(name, invocation.argument('NAMESPACE')));
}

function add(name: string): Shape {
  return (shape, namespace) => {
    const { ifindex } = shape.addDevice(name, namespace);
    return {
      sentence: `added device ${name} (ifindex ${ifindex})`,
      data: { added: 'device', name, ifindex },
      id: ifindex,
    };
  };
}

function addPair(name: string, other: string): Shape {
  return (shape, namespace) => {
    const { primary, peer } = shape.addNetkitPair(name, other, undefined, namespace);
    return {
      sentence: `added netkit pair ${name} (ifindex ${primary.ifindex}) and its peer ${other} (ifindex ${peer.ifindex})`,
      data: { added: 'device', ...primary, peer },
      id: primary.ifindex,
    };
  };
}

function remove(name: string): Shape {
  return (shape, namespace) => {
    shape.removeDevice(name, namespace);
    return { sentence: `removed device ${name}`, data: { removed: 'device', name }, id: null };
  };
}

function move(name: string, target: string): Shape {
  const to = parseNamespace(target);
  return (shape, namespace) => {
    const { ifindex } = shape.moveDevice(name, to, namespace);
    return {
      sentence: `moved device ${name} to namespace ${target} (ifindex ${ifindex} there)`,
      data: { moved: 'device', name, netns: target, ifindex },
      id: ifindex,
    };
  };
}
