// Choosing the entity of a page that is about one.
import { useState } from 'preact/hooks';
import { askEach, type Entity } from './api';
import { Combobox } from './combobox';
import { EntityLink, useAnswer } from './parts';
import { here, list } from './state';

/** The entities in these parameters of the address, in their order; an unknown id keeps its id as its name. */
export function useEntities<N extends string>(...params: N[]) {
  return useAnswer(async (signal) => {
    const ids = params.map(list), all = ids.flat();
    const found = (await askEach<Entity>(all, () => 'id name', signal)).map((e, i) => e ?? { id: all[i]!, name: all[i]! });
    return Object.fromEntries(params.map((p, i) => [p, found.splice(0, ids[i]!.length)])) as Record<N, Entity[]>;
  });
}

/** The entity of the parameter, with a field to choose another. */
export function Chosen({ name = 'id', label = 'About' }: { name?: string; label?: string }) {
  const known = useEntities(name), [other, setOther] = useState(list(name).length === 0);
  return <div class="chosen"><span class="label">{label}</span>
    {known.data?.[name]?.[0] && <EntityLink entity={known.data[name][0]} />}
    {other ? <Combobox id={`choose-${name}`} label={label} placeholder="Name, code or id" pick={(e) => location.assign(here({ [name]: e.id, after: '' }))} />
      : <button class="plain" onClick={() => setOther(true)}>another</button>}
  </div>;
}
