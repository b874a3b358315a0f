// What surrounds entities: a picture, and beside it the same as a list for keyboards and screen readers.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ask, askEach, type Entity } from '../api';
import { Chips, Combobox } from '../combobox';
import { Empty, Loading, Trouble } from '../parts';
import { here } from '../state';
import { Side } from '../network/beside';
import { Drawing, hueOf } from '../network/canvas';
import { Filters } from '../network/filters';
import { countsOf, fitting, graphOf, most, read, sum, type Around, type Graph, type Link, type Node } from '../network/graph';
import { addressOf, fromAddress, go as push, type State } from '../network/state';
import type { Order, Placed } from '../network/worker';
import { connectionsQuery, type Connection } from '../views/steps';
import { label, plural, split } from '../words';

/** What has been read of the entities that were opened, so that going back reads nothing again. */
const around = new Map<string, Around>();
const names = new Map<string, Entity>();
const keyOf = (id: string, s: State) => `${id} ${s.only.get(id)?.join() ?? ''}`;

async function load(s: State, signal: AbortSignal) {
  const unknown = [...new Set([...s.ids, ...s.path])].filter((id) => !names.has(id)), unread = s.ids.filter((id) => !around.has(keyOf(id, s)));
  const [named, found, connections] = await Promise.all([askEach<Entity>(unknown, () => 'id name type', signal), read(unread, s.only, signal),
    s.path.length === 2 ? ask<{ connections: Connection[] }>(connectionsQuery, { from: s.path[0], to: s.path[1], first: 3 }, signal).then((d) => d.connections) : []]);
  unknown.forEach((id, i) => names.set(id, named[i] ?? { id, name: id }));
  for (const a of found) around.set(keyOf(a.id, s), a);
  return { opened: s.ids.map((id) => around.get(keyOf(id, s))!), path: s.path.length === 2 ? { ends: s.path.map((id) => names.get(id)!), connections } : null };
}

/** A step as a link of the network. */
const linkOf = ({ from, to, relation, inverse, claim }: Connection['steps'][number]): Link =>
  ({ id: claim.id, predicate: relation, holds: claim.holds, confidence: claim.confidence, validFrom: claim.validFrom, validTo: claim.validTo, source: claim.source, subject: inverse ? to : from, object: inverse ? from : to });

/** Places the nodes in a worker; move is called as they move. */
function useLayout(graph: Graph | undefined, move: (done: boolean) => void) {
  const worker = useRef<Worker | null>(null), run = useRef(0);
  useEffect(() => () => worker.current?.terminate(), []);
  useEffect(() => {
    if (!graph || graph.nodes.length === 0) return;
    const { nodes, edges } = graph, number = new Map(nodes.map((n, i) => [n, i])), fresh = nodes.filter((n) => !n.placed).length;
    if (fresh === 0) return move(true);
    worker.current ??= new Worker(new URL('../network/worker.ts', import.meta.url), { type: 'module' });
    const order: Order = {
      run: ++run.current, heat: fresh === nodes.length ? 1 : Math.max(0.25, fresh / nodes.length), x: Float32Array.from(nodes, (n) => n.x), y: Float32Array.from(nodes, (n) => n.y),
      mass: Float32Array.from(nodes, (n) => 1 + n.degree), fixed: Uint8Array.from(nodes, (n) => Number(n.pinned)), links: Uint32Array.from(edges.flatMap((e) => [number.get(e.from)!, number.get(e.to)!])),
    };
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    worker.current.onmessage = ({ data }: MessageEvent<Placed>) => {
      if (data.run !== run.current || (still && !data.done)) return;
      nodes.forEach((n, i) => { if (!n.pinned) { n.x = data.x[i]!; n.y = data.y[i]!; } n.placed = true; });
      move(data.done);
    };
    worker.current.postMessage(order);
  }, [graph]);
}

interface CanvasProps { graph: Graph; chosen: Node | null; choose: (n: Node | null) => void; open: (n: Node) => void; moved: (n: Node) => void }

function Canvas(p: CanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null), drawing = useRef<Drawing | null>(null), acts = useRef(p);
  const [settled, setSettled] = useState(false);
  acts.current = p;
  useEffect(() => {
    const d = drawing.current = new Drawing(ref.current!, { choose: (n) => acts.current.choose(n), open: (n) => acts.current.open(n), moved: (n) => acts.current.moved(n) });
    d.show(p.graph, p.chosen);
    return () => d.end();
  }, []);
  useEffect(() => drawing.current?.show(p.graph, p.chosen), [p.graph, p.chosen]);
  const first = useRef(true);
  useLayout(p.graph, (done) => { drawing.current?.follow(first.current ? 'once' : 'slowly'); if (done) { first.current = false; setSettled(true); } });
  const types = [...new Set(p.graph.nodes.map((n) => n.type))];
  return <div>
    <canvas ref={ref} class="network" role="img" data-settled={settled} aria-label={`${plural(p.graph.nodes.length, 'entity')} and ${plural(p.graph.edges.length, 'link')}; the list beside has the same`} />
    <div class="row under"><span class="buttons"><button aria-label="Closer" onClick={() => drawing.current?.zoom(1.4)}>+</button><button aria-label="Farther" onClick={() => drawing.current?.zoom(1 / 1.4)}>−</button><button onClick={() => drawing.current?.whole()}>Whole</button></span>
      <span class="hint">Click to choose, double-click to open, drag to pin or to move; Ctrl and the wheel zoom.</span></div>
    <p class="legend">{types.map((t) => <span key={t}><svg width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill={`hsl(${hueOf(t)} 45% 50%)`} /></svg> {split(t)}</span>)}<span>dashed line: may hold</span><span>ring: opened</span><span>dashed ring: pinned</span></p>
  </div>;
}

/** The choice before many claims are drawn: which relations of the entity. */
function Choice({ of, counts, chosen, done, cancel }: { of: Entity; counts: Map<string, number>; chosen: string[]; done: (relations: string[]) => void; cancel: () => void }) {
  const [now, set] = useState(new Set(chosen)), heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return <form class="form choice" aria-label={`Relations of ${of.name}`} onSubmit={(e) => { e.preventDefault(); done([...now]); }} onKeyDown={(e) => { if (e.key === 'Escape') cancel(); }}>
    <h2 tabIndex={-1} ref={heading}><bdi>{of.name}</bdi> has {plural(sum(counts), 'claim')} that link it</h2>
    <p class="hint">Choose the relations to draw. Chosen: {plural(sum(counts, now), 'claim')}.</p>
    <fieldset><legend class="unseen">Relations</legend>{[...counts].sort((a, b) => a[1] - b[1]).map(([key, n]) => <label class="check" key={key}>
      <input type="checkbox" checked={now.has(key)} onChange={() => { const next = new Set(now); if (!next.delete(key)) next.add(key); set(next); }} /> {label(key)} <span class="count">{n}</span></label>)}</fieldset>
    <div class="row"><button class="primary" disabled={now.size === 0}>Draw these</button><button type="button" onClick={cancel}>Cancel</button></div>
  </form>;
}

function Begin({ state, set }: { state: State; set: (s: State) => void }) {
  const [ends, setEnds] = useState<Entity[]>([]);
  return <div class="form begin"><div class="field"><span class="label">Around</span>
    <div class="chips">{state.ids.map((id) => <button type="button" key={id} aria-label={`Close ${names.get(id)?.name ?? id}`} onClick={() => set({ ...state, ids: state.ids.filter((x) => x !== id) })}><bdi>{names.get(id)?.name ?? id}</bdi> <span aria-hidden="true">×</span></button>)}
      <Combobox id="around" label="Around" placeholder="Add an entity" pick={(e) => { names.set(e.id, e); if (!state.ids.includes(e.id)) set({ ...state, ids: [...state.ids, e.id] }); }} /></div></div>
    <details class="more-options"><summary>Path between two</summary><div class="field"><span class="label">Between</span>
      <Chips id="ends" label="Two entities" placeholder={ends.length ? 'and' : 'Name, code or id'} chosen={ends} set={(all) => { if (all.length < 2) return setEnds(all); setEnds([]); for (const e of all) names.set(e.id, e); set({ ...state, path: all.slice(0, 2).map((e) => e.id) }); }} /></div></details>
  </div>;
}

export default function Network() {
  const [state, setState] = useState(fromAddress), [steps, setSteps] = useState(0);
  const [data, setData] = useState<Awaited<ReturnType<typeof load>>>(), [fault, setFault] = useState<Error>(), [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null), [choice, setChoice] = useState<{ of: Entity; counts: Map<string, number>; chosen: string[] } | null>(null), [said, say] = useState('');
  const places = useRef(new Map<string, Node>());

  const set = (next: State) => { push(next); setSteps(steps + 1); setState(next); };
  useEffect(() => {
    const back = () => { setState(fromAddress()); setSteps((n) => Math.max(0, n - 1)); setChoice(null); };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const reads = [...state.ids.map((id) => keyOf(id, state)), ...state.path].join('\n');
  useEffect(() => {
    const c = new AbortController();
    setBusy(true);
    load(state, c.signal).then((d) => { setData(d); setFault(undefined); setBusy(false); }, (e: Error) => { if (!c.signal.aborted) { setFault(e); setBusy(false); } });
    return () => c.abort();
  }, [reads]);

  const graph = useMemo(() => {
    if (!data) return undefined;
    const g = graphOf(data.opened.flatMap((a) => a.links), data.opened.map((a) => names.get(a.id)!),
      { hidden: new Set(state.hide), noTypes: new Set(state.noTypes), noRelations: new Set(state.noRelations), confidence: state.confidence, source: state.source },
      places.current, data.path?.connections.flatMap((c) => c.steps.map(linkOf)) ?? []);
    for (const n of g.nodes) { const pin = state.pins.get(n.id); n.pinned = !!pin; if (pin) { [n.x, n.y] = pin; n.placed = true; } }
    return g;
  }, [data, state]);
  const node = graph?.nodes.find((n) => n.id === chosen) ?? null;

  async function open(e: Entity) {
    if (state.ids.includes(e.id)) return set({ ...state, ids: state.ids.filter((x) => x !== e.id) });
    try {
      const counts = (await countsOf([e.id]))[0]!;
      names.set(e.id, { id: e.id, name: e.name, type: e.type });
      if (sum(counts) > most) return setChoice({ of: e, counts, chosen: fitting(counts) });
      set({ ...state, ids: [...state.ids, e.id] });
    } catch (f) { setFault(f as Error); }
  }
  const acts = {
    open, choose: (id: string | null) => setChosen(id), relations: (a: Around) => setChoice({ of: names.get(a.id)!, counts: a.counts, chosen: a.relations }),
    pin: (n: Node) => { const pins = new Map(state.pins); if (!pins.delete(n.id)) pins.set(n.id, [n.x, n.y]); set({ ...state, pins }); },
    hide: (n: Node) => { set({ ...state, hide: [...state.hide, n.id], ids: state.ids.filter((x) => x !== n.id) }); setChosen(null); say(`${n.name} is hidden.`); },
    set,
  };
  const moved = (n: Node) => set({ ...state, pins: new Map(state.pins).set(n.id, [n.x, n.y]) });
  const cut = data?.opened.filter((a) => a.links.length < a.total) ?? [];

  return <>
    <Begin state={state} set={set} />
    {fault && <Trouble fault={fault} />}
    {!state.ids.length && !state.path.length && <Empty>Choose where to begin, for example <a href={here({ id: 'TKM' })}>Turkmenistan</a>.</Empty>}
    {choice && <Choice key={choice.of.id} {...choice} cancel={() => setChoice(null)} done={(relations) => {
      setChoice(null);
      set({ ...state, ids: state.ids.includes(choice.of.id) ? state.ids : [...state.ids, choice.of.id], only: new Map(state.only).set(choice.of.id, relations) });
    }} />}
    {!graph && busy && (state.ids.length > 0 || state.path.length > 0) && <Loading />}
    {graph && (graph.nodes.length > 0 || state.ids.length > 0) && <>
      <Filters state={state} graph={graph} opened={data!.opened} set={set} undo={steps > 0 ? () => history.back() : null} />
      <div class="around"><Canvas graph={graph} chosen={node} choose={(n) => setChosen(n?.id ?? null)} open={(n) => void open(n)} moved={moved} />
        <Side graph={graph} node={node} opened={data!.opened} path={data!.path} state={state} acts={acts} /></div>
      {cut.map((a) => <p class="hint" key={a.id}>Of <bdi>{names.get(a.id)!.name}</bdi>, {plural(a.links.length, 'claim')} of {a.total.toLocaleString('en')} are drawn: choose fewer relations to see all of one.</p>)}
    </>}
    <p class="unseen" role="status">{said || (busy ? '' : graph ? `${plural(graph.nodes.length, 'entity')} and ${plural(graph.edges.length, 'link')} are shown.` : '')}</p>
    <p class="hint"><a href={addressOf(state)}>Link to this picture</a></p>
  </>;
}

