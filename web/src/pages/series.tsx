// One figure over time: a line through the best claim of each year, one mark for each source.
import { ask, claimFields, type Claim } from '../api';
import { Chosen } from '../choose';
import { Answer, Empty, EntityLink, Evidence, Opened, Qualifiers, Scroll, useAnswer, Value } from '../parts';
import { here, param } from '../state';
import { years } from '../views/timeline';
import { amount, capital, fields, isFigure, label, number, plural, unit, withUnit } from '../words';

interface Result { entity: { name: string; claims: { nodes: Claim[] } } | null }
interface Point { x: number; y: number; claim: Claim; planned: boolean }

const width = 900, height = 360, left = 76, bottom = 30;
const shapes = ['circle', 'square', 'triangle', 'diamond', 'cross'];

function Mark({ shape, x, y, hollow, title }: { shape: string; x: number; y: number; hollow: boolean; title: string }) {
  const d = { circle: 'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0', square: 'M-3.6,-3.6h7.2v7.2h-7.2z', triangle: 'M0,-4.6L4.4,3.4H-4.4z', diamond: 'M0,-5L5,0L0,5L-5,0z', cross: 'M-4,-1.3h2.7v-2.7h2.6v2.7H4v2.6H1.3V4h-2.6V1.3H-4z' }[shape];
  return <path class={`mark ${hollow ? 'hollow' : ''}`} d={d} transform={`translate(${x} ${y})`}><title>{title}</title></path>;
}

/** The number of a claim: its value, or the qualifier that is a number. */
function numberOf(c: Claim) {
  const text = c.value ?? c.qualifiers.find((q) => ['value', 'quantity', 'share', 'worldShare'].includes(q.name))?.value;
  return amount(text ?? '');
}

function Chart({ points, units }: { points: Point[]; units: string }) {
  const xs = points.map((p) => p.x), ys = points.map((p) => p.y);
  const [x0, x1, y1] = [Math.min(...xs), Math.max(...xs), Math.max(...ys)], y0 = Math.min(0, ...ys);
  const x = (v: number) => left + ((v - x0) / (x1 - x0 || 1)) * (width - left - 20), y = (v: number) => height - bottom - ((v - y0) / (y1 - y0 || 1)) * (height - bottom - 20);
  const best = [...new Map([...points].sort((a, b) => a.claim.confidence - b.claim.confidence).map((p) => [Math.floor(p.x), p])).values()].sort((a, b) => a.x - b.x);
  const sources = [...new Map(points.map((p) => [p.claim.source.id, p.claim.source])).values()];
  const shape = (p: Point) => shapes[sources.findIndex((s) => s.id === p.claim.source.id) % shapes.length]!;
  const step = 10 ** Math.floor(Math.log10(y1 - y0 || 1)), ticks = [];
  for (let v = Math.ceil(y0 / step) * step; v <= y1; v += (y1 - y0) / step > 5 ? 2 * step : (y1 - y0) / step > 2 ? step : step / 2) ticks.push(v);
  const every = Math.max(1, Math.ceil((x1 - x0) / 8)), along = [];
  for (let v = Math.ceil(x0); v <= x1; v += every) along.push(v);
  return <figure><svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${points.length} figures from ${Math.floor(x0)} to ${Math.floor(x1)}; the table below has them`}>
    {ticks.map((v) => <g key={v}><line class="grid" x1={left} x2={width - 20} y1={y(v)} y2={y(v)} /><text x={left - 8} y={y(v) + 4} text-anchor="end">{number(v)}</text></g>)}
    {along.map((v) => <text key={v} x={x(v)} y={height - 8} text-anchor="middle">{v}</text>)}
    <polyline class="through" points={best.map((p) => `${x(p.x)},${y(p.y)}`).join(' ')} />
    {points.map((p) => <Mark key={p.claim.id} shape={shape(p)} x={x(p.x)} y={y(p.y)} hollow={p.planned} title={`${p.claim.validFrom}: ${withUnit(number(p.y), units)} (${p.claim.source.name})`} />)}
  </svg><figcaption class="legend">{sources.slice(0, 8).map((s, i) => <span key={s.id}><svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true"><Mark shape={shapes[i % shapes.length]!} x={0} y={0} hollow={false} title="" /></svg> <EntityLink entity={s} /></span>)}{sources.length > 8 && <span>and {plural(sources.length - 8, 'other')}</span>}<span>hollow: planned or estimated</span></figcaption></figure>;
}

function Found() {
  const id = param('id'), predicate = param('predicate'), object = param('object');
  const answer = useAnswer((signal) => ask<Result>(`query ($id: ID!, $where: ClaimFilter, $view: View) { entity(id: $id, view: $view) { name claims(where: $where, first: 1000, orderBy: [{ validFrom: DESC }]) { nodes { ...C } } } } ${claimFields}`,
    { id, where: { predicate: { eq: predicate }, ...(object ? { object: { eq: object } } : {}) } }, signal));
  return <Answer of={answer}>{({ entity }) => {
    const all = (entity?.claims.nodes ?? []).flatMap((claim) => { const n = numberOf(claim), x = years(claim.validFrom ?? claim.validTo); return n && x !== null ? [{ x, y: n.n, unit: n.code ?? '', claim, planned: claim.attribution === 'ESTIMATED' || claim.qualifiers.some((q) => q.name === 'planned' && q.value === 'true') }] : []; });
    const counted = new Map<string, number>();
    for (const p of all) counted.set(p.unit, (counted.get(p.unit) ?? 0) + 1);
    const units = [...counted].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '', points = all.filter((p) => p.unit === units);
    if (points.length === 0) return <Empty>No dated figures are stated.</Empty>;
    return <><h2><EntityLink entity={{ id, name: entity!.name }} />: {label(predicate)}{units && <span class="count"> {unit(units)}</span>}</h2>
      {points.length > 1 && <Chart points={points} units={units} />}
      {points.length < all.length && <p class="hint">{plural(all.length - points.length, 'figure')} in other units {all.length - points.length === 1 ? 'is' : 'are'} not drawn.</p>}
      <Scroll label="Figures"><table><thead><tr><th scope="col">When</th><th scope="col">Figure</th><th scope="col">Source</th></tr></thead><tbody>{all.map(({ claim }) => <tr key={claim.id}><th scope="row">{claim.validFrom}</th><td><Value claim={claim} /> <Qualifiers of={claim.qualifiers} /></td><td><Opened summary={<bdi>{claim.source.name}</bdi>}><Evidence claims={[claim]} /></Opened></td></tr>)}</tbody></table></Scroll></>;
  }}</Answer>;
}

export default function Series() {
  const figures = [...fields.values()].filter((f) => isFigure(f.name));
  return <><Chosen /><p class="row"><label>Figure <select value={param('predicate')} onChange={(e) => location.assign(here({ predicate: e.currentTarget.value, object: '' }))}><option value="">choose</option>{figures.map((f) => <option key={f.name} value={f.name}>{capital(f.label)}</option>)}</select></label></p>
    {param('id') && param('predicate') ? <Found /> : <Empty>Choose an entity and a figure.</Empty>}</>;
}
