import type { Policy } from '../../src/policy-index.js';
import type { PolicyStage, Seen } from './policy-stage.js';
import { Draws, type Scene } from './scene.js';

/** What must run before what, wherever both are on the hook. */
export type Pair = readonly [before: string, after: string];

/** A stage with its chain, and a policy that some chain satisfies. */
export interface SetScene {
  readonly policy: Policy;
  /** Names that the hook's entry has, of programs of ours. */
  readonly wanted: readonly string[];
  readonly pairs: readonly Pair[];
  readonly first: string | null;
  readonly last: string | null;
  /** What was on the hook before anything was killed. */
  readonly original: readonly string[];
  /** Whether the earlier apply was killed. */
  readonly killed: boolean;
  /** What an entry of a chain is called: `p0` for a program of ours whatever its version, `w0` for somebody else's. */
  nameOf(seen: Seen): string;
}

/** Makes the chain of a scene, and the policy. */
export function setScene(stage: PolicyStage, scene: Scene): SetScene {
  const draws = new Draws(scene.ranks);
  const programs: Record<string, unknown> = {};
  const names = new Map<number, string>();
  const loaded = new Map<string, { readonly fd: number; readonly id: number }>();
  const things = draws.shuffle([
    ...scene.own.map((own, index) => ({ own, name: `p${index}` })),
    ...scene.walls.map((wall) => ({ wall, name: `w${wall.name}` })),
  ]);
  for (const thing of things) {
    if ('wall' in thing) {
      const { kind, again, front } = thing.wall;
      const known = again ? loaded.get(thing.name) : undefined;
      const { fd, id } = known ?? stage.load(thing.name);
      loaded.set(thing.name, { fd, id });
      names.set(id, thing.name);
      // The same program takes no second place on a device, and on a cgroup none but through a link.
      if (known === undefined) stage.attachForeign(thing.name, kind, fd, front);
      else if (stage.linksRepeat) stage.attachForeign(thing.name, 'link', fd, front);
      continue;
    }
    const { own, name } = thing;
    programs[name] = { object: `${name}.o` };
    const path = stage.writeObject(name, own.today === 'older' ? 1 : 0);
    if (own.today !== 'absent') {
      const pin = {
        itself: `${stage.linkPins}/${name}`,
        something: `${stage.linkPins}/${name}-old`,
        elsewhere: `/sys/fs/bpf/mprog/mine/${name}`,
      }[own.pin];
      const link = own.kind === 'link' ? { link: true, pin } : {};
      const { program } = stage.run(({ manager }) => manager.attach(stage.hook, path, link));
      names.set(program!.id!, name);
    }
    stage.writeObject(name);
  }

  const matched = new Map(scene.walls.flatMap(({ name, matched }) => (matched ? [[`w${name}`, true]] : [])));
  for (const name of matched.keys()) programs[name] = { match: { name }, optional: true, many: true };

  programs.ghost = { match: { name: 'ghost' }, optional: true };

  const original = stage.chain().map(({ program }) => names.get(program)!);
  let killed = false;
  if (scene.interrupted !== null) {
    const { strategy, calls } = scene.interrupted;
    const there = scene.own.flatMap(({ today }, index) => (today === 'absent' ? [] : [`p${index}`]));
    if (there.length > 0) {
      const earlier = stage.policy(
        Object.fromEntries(Object.entries(programs).filter(([name]) => name.startsWith('p'))),
        { order: draws.shuffle(there), strategy, attach: scene.attach === 'link' ? 'link' : 'program' },
      );
      killed = stage.kill(calls, (policies) => {
        for (const _ of policies.apply(policies.plan(earlier))) {
        }
      });
    }
  }

  const pinned = () => {
    for (const [path, what] of stage.pins()) {
      const name = /\/programs\/(p\d+)(?:~new)?$/.exec(path)?.[1];
      if (name !== undefined) names.set(Number(what.replace('program ', '')), name);
    }
  };
  const nameOf = ({ original, program }: Seen): string => {
    if (original === null) return `nothing behind ${program}`;
    if (!names.has(original)) pinned();
    return names.get(original) ?? `unknown ${original}`;
  };

  // An order that can be had: what is never moved stands as it does.
  const wanted = scene.own.flatMap(({ named }, index) => (named ? [`p${index}`] : []));
  const hidden = stage
    .chain()
    .map(nameOf)
    .filter((name) => !wanted.includes(name));
  for (const name of draws.shuffle(wanted)) hidden.splice(draws.upTo(hidden.length), 0, name);
  const sayable = (name: string) => wanted.includes(name) || matched.has(name);
  const isAlone = (name: string | undefined): name is string =>
    name !== undefined && hidden.indexOf(name) === hidden.lastIndexOf(name);
  const order = scene.pairs === null ? hidden.filter((name) => sayable(name) && isAlone(name)) : [];
  const said = (scene.pairs ?? []).flatMap(([a, b]): Pair[] => {
    const [one, other] = [a % Math.max(hidden.length, 1), b % Math.max(hidden.length, 1)].sort(
      (x, y) => x - y,
    );
    const before = hidden[one!];
    const after = hidden[other!];
    if (before === undefined || after === undefined || before === after) return [];
    if (!sayable(before) || !sayable(after) || hidden.lastIndexOf(before) > hidden.indexOf(after)) return [];
    return [[before, after]];
  });
  const front = hidden[0];
  const end = hidden.at(-1);
  const first = scene.first && isAlone(front) && sayable(front) ? front : null;
  const last = scene.last && isAlone(end) && sayable(end) && end !== first ? end : null;
  const entry = {
    ...(order.length > 0 ? { order } : {}),
    constraints: [
      ...said.map(([before, after]) => ({ [before]: { before: [after] } })),
      // Each is named at least once, without saying anything of it.
      ...[...wanted, ...matched.keys()].map((name) => ({
        [name]: { [name === last ? 'after' : 'before']: ['ghost'] },
      })),
    ],
    ...(first === null ? {} : { first }),
    ...(last === null ? {} : { last }),
    strategy: scene.strategy,
    attach: scene.attach === 'link' ? 'link' : 'program',
    others: scene.others,
  };
  const inOrder = order.flatMap((before, index) =>
    order.slice(index + 1).map((after): Pair => [before, after]),
  );
  return {
    policy: stage.policy(programs, entry),
    wanted,
    original,
    pairs: [...inOrder, ...said],
    first,
    last,
    killed,
    nameOf,
  };
}
