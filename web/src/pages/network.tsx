// What surrounds an entity: a picture, and beside it the same as a list for keyboards and screen readers.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { askEach, bothSides, byPredicate, type BothSides, type ByPredicate, type Entity } from '../api';
import { Chosen } from '../choose';
import { settle, type Edge, type Node } from '../layout';
import { Answer, Empty, EntityLink, Maybe, useAnswer } from '../parts';
import { entityAddress, here, list, toggled } from '../state';
import { capital, fields, isFigure, label, plural, split } from '../words';

interface Link { predicate: string; holds: string; subject: Entity; object: Entity | null }
interface Around { links: Link[]; counts: Map<string, number>; relations: string[] }

// More neighbours than this are drawn only by choice.
const most = 40;

/** Counts the relations around the ids, chooses those that fit, and reads their claims. */
async function around(ids: string[], signal: AbortSignal): Promise<Around> {
  const both = <T,>(of: (BothSides<T> | null)[]) => of.flatMap((e) => (e ? [e.claims, e.about] : []));
  const groups = both(await askEach<BothSides<ByPredicate>>(ids, bothSides(byPredicate), signal)).flatMap((side) => side.aggregate.groups);
  const counts = new Map<string, number>();
  for (const { key, count } of groups) if (!fields.get(key)?.kind) counts.set(key, (counts.get(key) ?? 0) + count);
  const relations = list('relations');
  if (relations.length === 0) {
    let sum = 0;
    for (const [key, count] of [...counts].sort((a, b) => Number(isFigure(a[0])) - Number(isFigure(b[0])) || a[1] - b[1])) {
      if (sum > 0 && sum + count > most * 1.5 * ids.length) continue;
      relations.push(key);
      sum += count;
    }
  }
  const read = await askEach<BothSides<{ nodes: Link[] }>>(ids, bothSides('(where: { predicate: { in: $p } }, first: 150) { nodes { predicate holds subject { id name type } object { id name type } } }'), signal,
    { types: '$p: [String!], ', variables: { p: relations } });
  return { links: both(read).flatMap((side) => side.nodes), counts, relations };
}

function graphOf(links: Link[], ids: string[]) {
  const nodes = new Map<string, Node>(), edges = new Map<string, Edge>();
  const add = (e: Entity) => {
    const at = nodes.size * 2.4, known = nodes.get(e.id) ?? { id: e.id, name: e.name, type: e.type ?? '', x: Math.cos(at) * (30 + 9 * nodes.size), y: Math.sin(at) * (30 + 9 * nodes.size), vx: 0, vy: 0, fixed: false, degree: 0 };
    nodes.set(e.id, known);
    return known;
  };
  for (const l of links) {
    if (!l.object || l.object.id === l.subject.id || l.holds === 'NO') continue;
    const symmetric = fields.get(l.predicate)?.symmetric, key = [l.predicate, ...(symmetric ? [l.subject.id, l.object.id].sort() : [l.subject.id, l.object.id])].join(' ');
    const known = edges.get(key);
    if (known) known.unsure &&= l.holds !== 'YES';
    else {
      edges.set(key, { from: l.subject.id, to: l.object.id, relation: l.predicate, unsure: l.holds !== 'YES' });
      add(l.subject).degree++;
      add(l.object).degree++;
    }
  }
  const all = { nodes: [...nodes.values()], edges: [...edges.values()] };
  for (const n of all.nodes) n.fixed = ids.length === 1 && n.id === ids[0];
  const centre = ids.length === 1 && nodes.get(ids[0]!);
  if (centre) centre.x = centre.y = 0;
  settle(all.nodes, all.edges);
  return all;
}

const hues = new Map<string, number>();
const hueOf = (type: string) => { if (!hues.has(type)) hues.set(type, (190 + 67 * hues.size) % 360); return hues.get(type)!; };

function Canvas({ nodes, edges, ids, open }: { nodes: Node[]; edges: Edge[]; ids: string[]; open: (id: string) => void }) {
  const ref = useRef<HTMLCanvasElement>(null), [over, setOver] = useState<Node>(), held = useRef<Node | null>(null);
  const view = useMemo(() => {
    const xs = nodes.map((n) => n.x), ys = nodes.map((n) => n.y);
    return { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2, w: Math.max(...xs) - Math.min(...xs) + 220, h: Math.max(...ys) - Math.min(...ys) + 90 };
  }, [nodes]);
  const place = () => { const c = ref.current!, scale = Math.min(c.clientWidth / view.w, c.clientHeight / view.h, 1.6); return { scale, x: c.clientWidth / 2 - view.x * scale, y: c.clientHeight / 2 - view.y * scale }; };
  function draw() {
    const c = ref.current;
    if (!c) return;
    const ratio = devicePixelRatio || 1, g = c.getContext('2d')!, { scale, x, y } = place(), css = getComputedStyle(c), dark = matchMedia('(prefers-color-scheme: dark)').matches;
    c.width = c.clientWidth * ratio; c.height = c.clientHeight * ratio;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const at = new Map(nodes.map((n) => [n.id, n]));
    for (const e of edges) {
      const a = at.get(e.from)!, b = at.get(e.to)!, near = over && (e.from === over.id || e.to === over.id);
      g.beginPath(); g.setLineDash(e.unsure ? [4, 4] : []); g.lineWidth = near ? 2 : 1; g.globalAlpha = over && !near ? 0.25 : 0.8;
      g.strokeStyle = near ? css.getPropertyValue('outline-color') : css.getPropertyValue('border-top-color');
      g.moveTo(a.x * scale + x, a.y * scale + y); g.lineTo(b.x * scale + x, b.y * scale + y); g.stroke();
    }
    g.setLineDash([]); g.globalAlpha = 1; g.textAlign = 'center';
    const taken: [number, number, number][] = [];
    for (const n of [...nodes].sort((a, b) => Number(ids.includes(b.id)) - Number(ids.includes(a.id)) || b.degree - a.degree)) {
      const main = ids.includes(n.id), r = main ? 9 : 5.5, px = n.x * scale + x, py = n.y * scale + y;
      g.beginPath(); g.arc(px, py, r, 0, 7); g.fillStyle = `hsl(${hueOf(n.type)} 45% ${dark ? 62 : 42}%)`; g.fill();
      g.font = `${main ? '600 14px' : '12px'} ${css.fontFamily}`;
      const text = n.name.length > 30 ? n.name.slice(0, 28) + '…' : n.name, w = g.measureText(text).width / 2 + 4, ty = py + r + 13;
      if (n !== over && !main && taken.some(([tx, t, tw]) => Math.abs(t - ty) < 13 && Math.abs(tx - px) < w + tw)) continue;
      taken.push([px, ty, w]);
      g.lineWidth = 3; g.strokeStyle = css.backgroundColor; g.strokeText(text, px, ty); g.fillStyle = css.color; g.fillText(text, px, ty);
    }
  }
  useEffect(() => { draw(); const again = new ResizeObserver(draw); again.observe(ref.current!); return () => again.disconnect(); }, [nodes, edges, over]);
  const find = (e: PointerEvent) => { const { scale, x, y } = place(), r = ref.current!.getBoundingClientRect(); return nodes.find((n) => Math.hypot(n.x * scale + x - (e.clientX - r.left), n.y * scale + y - (e.clientY - r.top)) < 12); };
  return <canvas ref={ref} class={`network ${over ? 'pointing' : ''}`} role="img" aria-label={`${plural(nodes.length, 'entity')} and ${plural(edges.length, 'link')}; the list beside has the same`}
    onPointerDown={(e) => { held.current = find(e) ?? null; }} onPointerMove={(e) => {
      if (held.current && e.buttons === 1) { const { scale, x, y } = place(), r = ref.current!.getBoundingClientRect(); held.current.x = (e.clientX - r.left - x) / scale; held.current.y = (e.clientY - r.top - y) / scale; held.current.fixed = true; draw(); } else setOver(find(e));
    }} onPointerUp={() => { held.current = null; }} onDblClick={() => { if (over) open(over.id); }} />;
}

function Found({ ids }: { ids: string[] }) {
  const answer = useAnswer((signal) => around(ids, signal));
  const open = (id: string) => location.assign(here({ id: toggled(ids, id).join(',') }));
  return <Answer of={answer}>{(found) => <Drawn {...found} ids={ids} open={open} />}</Answer>;
}

function Drawn({ links, counts, relations, ids, open }: Around & { ids: string[]; open: (id: string) => void }) {
  const { nodes, edges } = useMemo(() => graphOf(links, ids), [links]), at = new Map(nodes.map((n) => [n.id, n]));
  const toggle = (key: string) => location.assign(here({ relations: toggled(relations, key).join(',') }));
  return <>
    <details class="relations"><summary>Relations ({relations.length} of {counts.size})</summary><fieldset><legend class="unseen">Relations</legend>{[...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) => <label class="check" key={key}><input type="checkbox" checked={relations.includes(key)} onChange={() => toggle(key)} /> {label(key)} <span class="count">{count}</span></label>)}</fieldset></details>
    {nodes.length === 0 ? <Empty>No relation that is chosen leads to or from it in this view.</Empty> : <div class="around"><div><Canvas nodes={nodes} edges={edges} ids={ids} open={open} />
      <p class="legend">{[...new Set(nodes.map((n) => n.type))].map((t) => <span key={t}><svg width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill={`hsl(${hueOf(t)} 45% 50%)`} /></svg> {split(t)}</span>)}<span>dashed: may hold</span><span>double-click opens what is around</span></p></div>
      <div class="beside" tabIndex={0} role="region" aria-label="Links"><h2>{plural(edges.length, 'link')}</h2>{edges.some((e) => e.unsure) && <Maybe which={edges.every((e) => e.unsure) ? 'all' : 'some'} />}<ul>{[...new Set(edges.map((e) => e.relation))].map((r) => <li key={r}><h3>{capital(label(r))}</h3><ul>{edges.filter((e) => e.relation === r).map((e) => { const [a, b] = [at.get(e.from)!, at.get(e.to)!], other = ids.includes(a.id) ? b : a;
        return <li key={e.from + e.to} class={e.unsure ? 'unsure' : undefined}>{(ids.length > 1 || !ids.includes(a.id)) && <><EntityLink entity={a} /> → </>}{(ids.length > 1 || ids.includes(a.id)) && <EntityLink entity={b} />} {e.unsure && <span class="unseen">may hold</span>} <button class="plain" aria-label={`${ids.includes(other.id) ? 'Close' : 'Open'} ${other.name}`} onClick={() => open(other.id)}>{ids.includes(other.id) ? '−' : '+'}</button></li>; })}</ul></li>)}</ul></div></div>}
  </>;
}

export default function Network() {
  const ids = list('id');
  return <>{ids.length < 2 && <Chosen />}{ids.length > 1 && <p class="row">{ids.map((id) => <a class="button" key={id} href={here({ id: toggled(ids, id).join(',') })} aria-label={`Close ${id}`}>{id} ×</a>)}<a href={entityAddress(ids[0]!)}>page of the first</a></p>}
    {ids.length > 0 ? <Found ids={ids} /> : <Empty>Choose where to begin, for example <a href={here({ id: 'TKM' })}>Turkmenistan</a>.</Empty>}</>;
}

