import type { SlotKind, Strategy } from '../../src/planner/problem.js';
import type { HookOutcome, PolicyManager } from '../../src/policy-index.js';
import type { PolicyStage } from './policy-stage.js';

/** A change of several steps on the hook of a stage. */
export interface FaultScene {
  readonly name: string;
  /** Makes the chain. */
  prepare(stage: PolicyStage): void;
  /** Changes it; a second call goes on from what the first one left. */
  act(stage: PolicyStage, policies: PolicyManager): readonly HookOutcome[];
}

const names = ['p0', 'p1', 'p2', 'p3'];

/** Each way to change a chain of four programs of ours, one of them in an older version, and somebody else's. */
export function faultScenes(kind: SlotKind, strategy: Strategy): readonly FaultScene[] {
  const programs = Object.fromEntries([...names, 'p4'].map((name) => [name, { object: `${name}.o` }]));
  const attach = kind === 'link' ? 'link' : 'program';
  const chain = (stage: PolicyStage) => {
    for (const name of [...names, 'p4']) stage.writeObject(name, name === 'p3' ? 1 : 0);
    stage.run(({ policies }) => {
      const policy = stage.policy(programs, { order: ['p0', 'p1'], attach });
      for (const _ of policies.apply(policies.plan(policy))) {
      }
    });
    stage.attachForeign('w', kind);
    stage.run(({ policies }) => {
      const policy = stage.policy(programs, { order: names, attach });
      for (const _ of policies.apply(policies.plan(policy))) {
      }
    });
    stage.writeObject('p3');
  };
  const apply = (stage: PolicyStage, policies: PolicyManager) => {
    const policy = stage.policy(programs, { order: ['p2', 'p4', 'p1', 'p3', 'p0'], attach, strategy });
    return [...policies.apply(policies.plan(policy))];
  };
  return [
    { name: 'apply', prepare: chain, act: apply },
    {
      name: 'move',
      prepare: chain,
      act: (stage, policies) => {
        const { outcome } = policies.move(stage.hook, `pin:/sys/fs/bpf/mprog/programs/p0`, {
          last: true,
          strategy,
        });
        return [outcome!];
      },
    },
    {
      name: 'undo',
      prepare: (stage) => {
        chain(stage);
        stage.run(({ policies }) => apply(stage, policies));
      },
      act: (_, policies) => {
        const [entry] = policies.history().entries.filter(({ command }) => command === 'apply');
        return [...policies.undo(policies.planUndo(entry!.entry))];
      },
    },
  ];
}
