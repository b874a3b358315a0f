// Countries by a figure, what carries goods between them, and routes: on the date of the page, without tiles from elsewhere.
import { geoGraticule10, geoNaturalEarth1, geoPath } from 'd3-geo';
import type { FeatureCollection, Geometry } from 'geojson';
import { useMemo, useRef, useState } from 'preact/hooks';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';
import world from 'world-atlas/countries-110m.json?url';
import { ask, type Entity } from '../api';
import { Answer, Empty, EntityLink, useAnswer } from '../parts';
import { address, entityAddress, here, list, param } from '../state';
import { capital, number, numeric, plural, split, types, withUnit } from '../words';

interface Place extends Entity { coordinates: { latitude: number; longitude: number } | null }
interface Country extends Entity { isoNumeric: string | null; v?: number | { value: number; unit: string } | null }
interface Leg { id?: string; name?: string; mode: string; status: string; from: Place | null; to: Place | null }

const width = 960, height = 500, classes = 6;
const place = 'id name ... on Located { coordinates { latitude longitude } }';

async function read(field: string, kind: string | undefined, segments: boolean, signal: AbortSignal) {
  const from = param('from'), to = param('to');
  const [shapes, data, routes] = await Promise.all([
    fetch(world, { signal }).then((r) => r.json() as Promise<Topology>),
    ask<{ countries: { nodes: Country[] }; segments?: { nodes: Leg[] }; here?: Place }>(`query ($view: View${param('id') ? ', $id: ID!' : ''}) {
      countries(first: 400, view: $view) { nodes { id name isoNumeric ${field ? `v: ${field} ${kind === 'Quantity' ? '{ value unit }' : ''}` : ''} } }
      ${segments ? `segments(first: 1000, view: $view) { nodes { id name mode status from { ${place} } to { ${place} } } }` : ''}
      ${param('id') ? `here: entity(id: $id, view: $view) { ${place} }` : ''} }`, { id: param('id') || undefined }, signal),
    from && to ? ask<{ routes: { routes: { legs: Leg[] }[] } }>(`query ($from: ID!, $to: ID!, $avoid: [ID!], $view: View) { routes(from: $from, to: $to, avoid: $avoid, first: 3, view: $view) { routes { legs { mode status from { ${place} } to { ${place} } } } } }`,
      { from, to, avoid: list('avoid') }, signal).then((d) => d.routes.routes) : [],
  ]);
  return { shapes: feature(shapes, shapes.objects.countries!) as unknown as FeatureCollection<Geometry, { name: string }>, ...data, routes };
}

const valueOf = (c: Country) => (typeof c.v === 'number' ? c.v : c.v?.value ?? null);

/** The figures of the picture as a list, the largest first. */
function Figures({ of, label }: { of: Country[]; label: string }) {
  const stated = of.flatMap((c) => { const v = valueOf(c); return v === null ? [] : [{ c, v }]; }).sort((a, b) => b.v - a.v);
  return <details><summary>{capital(label)} of {plural(stated.length, 'country')}, as a list</summary><ol class="bars">{stated.map(({ c, v }) =>
    <li key={c.id}><span><EntityLink entity={c} /></span><span /><b>{number(v)}</b></li>)}</ol></details>;
}

function Lines({ legs, kind }: { legs: Leg[]; kind: string }) {
  return <>{legs.filter((l) => l.from?.coordinates && l.to?.coordinates).map((l, i) => <path key={l.id ?? i} class={`${kind} ${l.status === 'OPERATIONAL' ? '' : 'closed'}`}
    d={path({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [l.from!, l.to!].map((p) => [p.coordinates!.longitude, p.coordinates!.latitude]) } }) ?? ''}>
    <title>{l.name ?? `${l.from!.name} – ${l.to!.name}`}: {split(l.mode)}, {split(l.status)}</title></path>)}</>;
}

type Box = [number, number, number, number];

/** The box of this width with the corner at x and y, or as near to it as the map allows. */
function boxAt(x: number, y: number, w: number): Box {
  const h = (w * height) / width;
  return [Math.max(0, Math.min(width - w, x)), Math.max(0, Math.min(height - h, y)), w, h];
}

const everything = boxAt(0, 0, width), eurasia = boxAt(555, 95, 240);

/** The part of the map with these points and what is around them; the world, if there are none. */
function boxOf(points: [number, number][]): Box {
  if (points.length === 0) return everything;
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]), [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const w = Math.min(width, Math.max(150, 1.7 * (x1 - x0), (1.7 * (y1 - y0) * width) / height));
  return boxAt((x0 + x1 - w) / 2, (y0 + y1 - (w * height) / width) / 2, w);
}

/** Moves a box of the map by dragging, and its size by the wheel with Ctrl or by buttons. */
function useBox(first: Box) {
  const [box, set] = useState<Box>(first), drag = useRef<{ x: number; y: number; box: Box } | null>(null), far = useRef(false);
  const zoom = (by: number) => set(([x, y, w, h]) => { const nw = Math.min(width, Math.max(40, w * by)); return boxAt(x + (w - nw) / 2, y + (h - (nw * height) / width) / 2, nw); });
  const on = {
    onPointerDown: (e: PointerEvent) => { drag.current = { x: e.clientX, y: e.clientY, box }; far.current = false; },
    onPointerMove: (e: PointerEvent) => {
      const d = drag.current;
      if (!d || e.buttons !== 1) return;
      far.current ||= Math.hypot(e.clientX - d.x, e.clientY - d.y) > 4;
      const scale = d.box[2] / (e.currentTarget as Element).clientWidth;
      set(boxAt(d.box[0] - (e.clientX - d.x) * scale, d.box[1] - (e.clientY - d.y) * scale, d.box[2]));
    },
    onPointerUp: () => { drag.current = null; },
    onWheel: (e: WheelEvent) => { if (e.ctrlKey) { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : 0.8); } },
  };
  return { box, set, zoom, on, moved: () => far.current };
}

type Drawn = Awaited<ReturnType<typeof read>>;

const projection = geoNaturalEarth1().fitExtent([[6, 6], [width - 6, height - 6]], { type: 'Sphere' }), path = geoPath(projection);
const pointOf = (p?: Place | null) => p?.coordinates && projection([p.coordinates.longitude, p.coordinates.latitude]);

function Picture({ d, label }: { d: Drawn; label: string }) {
  // Pointing and dragging draw the picture again, but its outlines stay.
  const sea = useMemo(() => path({ type: 'Sphere' }) ?? '', []), graticule = useMemo(() => path(geoGraticule10()) ?? '', []);
  const outlines = useMemo(() => d.shapes.features.map((f) => path(f) ?? ''), [d]);
  const route = d.routes[0]?.legs ?? [], near = pointOf(d.here);
  const shown = [...d.routes.flatMap((r) => r.legs.flatMap((l) => [l.from, l.to])), d.here].map(pointOf).filter((xy) => xy != null);
  const { box, set, zoom, on, moved } = useBox(boxOf(shown));
  const byNumber = new Map(d.countries.nodes.map((c) => [Number(c.isoNumeric), c]));
  const values = d.countries.nodes.map(valueOf).filter((v) => v !== null).sort((a, b) => a - b);
  const limits = Array.from({ length: classes - 1 }, (_, i) => values[Math.floor(((i + 1) * values.length) / classes)] ?? 0);
  const classOf = (v: number | null) => (v === null ? 'none' : `q${limits.filter((l) => v >= l).length}`);
  const avoided = new Set(list('avoid')), [at, setAt] = useState('');
  const code = d.countries.nodes.map((c) => (typeof c.v === 'object' ? c.v?.unit : null)).find((u) => u), scale = box[2] / width;
  return <figure class="map">
    <svg viewBox={box.join(' ')} role="img" aria-label={`${label}; the list below has the same`} stroke-width={scale} {...on}>
      <defs><pattern id="avoided" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform={`scale(${scale}) rotate(45)`}><rect class="thread-bad" width="1.6" height="5" /></pattern></defs>
      <path class="sea" d={sea} /><path class="graticule" d={graticule} />
      {d.shapes.features.map((f, i) => {
        const c = byNumber.get(Number(f.id)), shape = outlines[i]!, v = c ? valueOf(c) : null;
        const text = `${c?.name ?? f.properties.name}${v === null ? '' : `: ${withUnit(number(v), code ?? undefined)}`}`;
        const drawn = <path class={`land ${values.length ? classOf(v) : ''}`} d={shape} onPointerEnter={() => setAt(text)} />;
        return <g key={i} class={c ? 'known' : ''} onClick={() => { if (c && !moved()) location.assign(entityAddress(c.id)); }}>{drawn}{c && avoided.has(c.id) && <path class="hatched" d={shape} />}</g>;
      })}
      {d.segments && <Lines legs={d.segments.nodes} kind="segment" />}
      {d.routes.slice(1).map((r, i) => <Lines key={i} legs={r.legs} kind="alternative" />)}<Lines legs={route} kind="way" />
      {[...new Map(route.flatMap((l) => [l.from, l.to]).map((p) => [p?.id, p])).values()].map((p) => { const xy = pointOf(p); return xy && <circle key={p!.id} class="halt" cx={xy[0]} cy={xy[1]} r={2.6 * scale}><title>{p!.name}</title></circle>; })}
      {near && <circle class="near" cx={near[0]} cy={near[1]} r={7 * scale} />}
    </svg>
    <div class="row under"><span class="buttons"><button aria-label="Closer" onClick={() => zoom(0.6)}>+</button><button aria-label="Farther" onClick={() => zoom(1.6)}>−</button><button onClick={() => set(eurasia)}>Eurasia</button><button onClick={() => set(everything)}>World</button></span><span class="hint at" aria-hidden="true">{at || 'Point at a country; drag to move.'}</span></div>
    <figcaption class="legend">{values.length > 0 && Array.from({ length: classes }, (_, i) => <span key={i}><i class={`key q${i}`} /> {i === 0 ? `under ${number(limits[0]!)}` : `from ${number(limits[i - 1]!)}`}</span>)}
      {values.length > 0 && <span><i class="key none" /> not stated</span>}{avoided.size > 0 && <span><i class="key avoided" /> avoided</span>}{(d.segments || route.length > 0) && <span>dashed: not in operation</span>}<span>Borders are Natural Earth’s, as they are in fact; several are disputed.</span></figcaption>
  </figure>;
}

export default function Map_() {
  const country = types.get('Country');
  const figures = country?.fields.filter((f) => numeric(f.kind) && !f.many) ?? [], field = figures.find((f) => f.name === (param('field') || (param('from') ? '' : 'population')));
  const segments = types.has('Segment') && param('legs') === 'yes';
  const answer = useAnswer(country ? (signal) => read(field?.name ?? '', field?.kind, segments, signal) : null);
  if (!country) return <Empty>This ontology has no countries to draw.</Empty>;
  return <>
    <p class="row"><label>Colour by <select value={field?.name ?? 'none'} onChange={(e) => location.assign(here({ field: e.currentTarget.value }))}><option value="none">nothing</option>{figures.map((f) => <option key={f.name} value={f.name}>{f.label}</option>)}</select></label>
      <a class="button" href={here({ legs: !segments && 'yes' })}>{segments ? 'Hide' : 'Show'} legs of transport</a>{param('from') && <a href={address('/routes', { from: param('from'), to: param('to'), avoid: param('avoid') })}>The routes in words</a>}</p>
    <Answer of={answer}>{(d) => <><Picture d={d} label={field ? `Countries by ${field.label}` : 'Countries'} />
      {d.here && <p>{d.here.coordinates ? 'Marked: ' : 'No source states where this is: '}<EntityLink entity={d.here} /></p>}
      {field && <Figures of={d.countries.nodes} label={field.label} />}
    </>}</Answer>
  </>;
}
