// The sources that say something about an entity, by how much they say.
import { ask, bothSides, type BothSides } from '../api';
import { Answer, Empty, EntityLink, useAnswer } from '../parts';
import { grouped, plural } from '../words';

interface Counted { groups: { keys: [string, string]; count: number }[] }

export function Sources({ id }: { id: string }) {
  const answer = useAnswer((signal) => ask<{ entity: BothSides<{ aggregate: Counted }> }>(`query ($id: ID!, $view: View) {
    entity(id: $id, view: $view) { ${bothSides('{ aggregate { groups(by: [source, source_name]) { keys count } } }')} } }`, { id }, signal));
  return <Answer of={answer}>{({ entity }) => {
    const all = new Map<string, { name: string; claims: number }>();
    for (const side of [entity.claims, entity.about]) {
      for (const { keys: [key, name], count } of side.aggregate.groups) all.set(key, { name, claims: (all.get(key)?.claims ?? 0) + count });
    }
    const list = [...all].sort((a, b) => b[1].claims - a[1].claims), most = list[0]?.[1].claims ?? 1;
    if (list.length === 0) return <Empty>No source says anything of it in this view.</Empty>;
    return <><p class="hint">{plural(list.length, 'source')}, counted by their claims about it and with it</p>
      <ol class="bars">{list.map(([key, { name, claims }]) => <li key={key}>
        <span><EntityLink entity={{ id: key, name: name || key }} /></span><meter min={0} max={most} value={claims} aria-label={`claims of ${name}`} /><b>{grouped(claims)}</b></li>)}</ol></>;
  }}</Answer>;
}
