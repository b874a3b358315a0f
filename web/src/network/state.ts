// What the address of a network says, and how a choice becomes the next address. Back takes a choice back.
import { here, list, param, params, push } from '../state';

export interface State {
  ids: string[]; only: Map<string, string[]>; hide: string[]; pins: Map<string, [number, number]>; noTypes: string[]; noRelations: string[];
  confidence: number; source: string; path: string[];
}

const splitAtLast = (text: string): [string, string] => { const i = text.lastIndexOf(':'); return [text.slice(0, i), text.slice(i + 1)]; };

export function fromAddress(): State {
  const pins = params.getAll('pin').flatMap((p): [string, [number, number]][] => {
    const [id, at] = splitAtLast(p), [x, y] = at.split(',').map(Number);
    return id && Number.isFinite(x) && Number.isFinite(y) ? [[id, [x!, y!]]] : [];
  });
  // An address of before had the relations of all opened entities.
  const ids = list('id'), all = list('relations');
  const only = new Map(params.getAll('only').map((o) => { const [id, relations] = splitAtLast(o); return [id, relations.split(',').filter(Boolean)]; }));
  if (all.length) for (const id of ids) if (!only.has(id)) only.set(id, all);
  return { ids, only, hide: list('hide'), pins: new Map(pins), noTypes: list('noTypes'), noRelations: list('noRelations'), confidence: Number(param('confidence')) || 0, source: param('source'), path: list('path').slice(0, 2) };
}

const values = (s: State) => ({
  id: s.ids.join(','), relations: '', hide: s.hide.join(','), noTypes: s.noTypes.join(','), noRelations: s.noRelations.join(','), confidence: s.confidence || '', source: s.source, path: s.path.join(','),
  only: [...s.only].filter(([id]) => s.ids.includes(id)).map(([id, r]) => `${id}:${r.join(',')}`),
  pin: [...s.pins].map(([id, [x, y]]) => `${id}:${Math.round(x)},${Math.round(y)}`),
});

export const addressOf = (s: State) => here(values(s));
export const go = (s: State) => push(values(s));
