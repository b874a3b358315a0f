// Choosing the entity of a page that is about one.
import { useState } from 'preact/hooks';
import { ask, type Entity } from './api';
import { Combobox } from './combobox';
import { EntityLink, useAnswer } from './parts';
import { here, param } from './state';

/** The names of the ids in the address, in their order; an unknown id keeps its id as its name. */
export function useEntities(ids: string[]) {
  return useAnswer(async (signal) => {
    if (ids.length === 0) return [];
    const data = await ask<Record<string, Entity | null>>(`query (${ids.map((_, i) => `$i${i}: ID!`).join(', ')}, $view: View) {
      ${ids.map((_, i) => `e${i}: entity(id: $i${i}, view: $view) { id name type }`).join(' ')} }`, Object.fromEntries(ids.map((id, i) => [`i${i}`, id])), signal);
    return ids.map((id, i) => data[`e${i}`] ?? { id, name: id });
  });
}

/** The entity of the parameter, with a field to choose another. */
export function Chosen({ name = 'id', label = 'About' }: { name?: string; label?: string }) {
  const id = param(name), [other, setOther] = useState(!id);
  const known = useEntities(id ? [id] : []);
  return <div class="chosen"><span class="label">{label}</span>
    {id && known.data?.[0] && <EntityLink entity={known.data[0]} />}
    {other ? <Combobox id={`choose-${name}`} label={label} placeholder="Name, code or id" pick={(e) => location.assign(here({ [name]: e.id, after: '' }))} />
      : <button class="plain" onClick={() => setOther(true)}>another</button>}
  </div>;
}
