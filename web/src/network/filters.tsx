// What narrows a network: types, relations, confidence and source, with undo. The date is that of the page.
import type { Entity } from '../api';
import { toggled } from '../state';
import { label, plural, split } from '../words';
import type { Around, Graph } from './graph';
import type { State } from './state';

interface Props { state: State; graph: Graph; opened: Around[]; set: (s: State) => void; undo: (() => void) | null }

const least = [0.3, 0.5, 0.7, 0.9];

/** Counts of the values of all claims that were read, also of those that a filter leaves out. */
function counted(opened: Around[]) {
  const types = new Map<string, Set<string>>(), relations = new Map<string, number>(), sources = new Map<string, { source: Entity; n: number }>();
  const seen = new Set<string>();
  for (const l of opened.flatMap((a) => a.links)) {
    if (seen.has(l.id) || !l.object) continue;
    seen.add(l.id);
    relations.set(l.predicate, (relations.get(l.predicate) ?? 0) + 1);
    const s = sources.get(l.source.id);
    if (s) s.n++;
    else sources.set(l.source.id, { source: l.source, n: 1 });
    for (const e of [l.subject, l.object]) { const of = types.get(e.type ?? '') ?? new Set(); of.add(e.id); types.set(e.type ?? '', of); }
  }
  return { types, relations, sources: [...sources.values()].sort((a, b) => b.n - a.n) };
}

export function Filters({ state, graph, opened, set, undo }: Props) {
  const { types, relations, sources } = counted(opened);
  const narrowed = state.noTypes.length + state.noRelations.length + state.hide.length + Number(state.confidence > 0) + Number(state.source !== '');
  const boxes = (title: string, all: [string, number][], off: string[], word: (x: string) => string, change: (off: string[]) => State) => <fieldset><legend>{title}</legend>{all.sort((a, b) => b[1] - a[1]).map(([key, n]) =>
    <label class="check" key={key}><input type="checkbox" checked={!off.includes(key)} onChange={() => set(change(toggled(off, key)))} /> {word(key)} <span class="count">{n}</span></label>)}</fieldset>;
  return <div class="row filters"><details><summary>Filters{narrowed > 0 && ` (${narrowed})`}</summary><div class="form">
    {boxes('Types', [...types].map(([t, ids]) => [t, ids.size]), state.noTypes, split, (noTypes) => ({ ...state, noTypes }))}
    {boxes('Relations', [...relations], state.noRelations, label, (noRelations) => ({ ...state, noRelations }))}
    <div class="row"><label>Confidence <select value={String(state.confidence)} onChange={(e) => set({ ...state, confidence: Number(e.currentTarget.value) })}><option value="0">any</option>{least.map((x) => <option key={x} value={x}>at least {x}</option>)}</select></label>
      <label>Source <select value={state.source} onChange={(e) => set({ ...state, source: e.currentTarget.value })}><option value="">any</option>{sources.map(({ source, n }) => <option key={source.id} value={source.id}>{source.name.slice(0, 60)} ({n})</option>)}</select></label></div>
    </div></details>
    <button disabled={!undo} onClick={() => undo?.()}>Undo</button>
    {narrowed > 0 && <button onClick={() => set({ ...state, noTypes: [], noRelations: [], hide: [], confidence: 0, source: '' })}>Show all{state.hide.length > 0 && ` (${state.hide.length} hidden)`}</button>}
    <span class="hint">{plural(graph.nodes.length, 'entity')}, {plural(graph.edges.length, 'link')}</span></div>;
}
