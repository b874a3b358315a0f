// Routes under constraints: the form, the ways that remain, leg by leg, and why there is none.
import { useState } from 'preact/hooks';
import { ask, claimFields, type Claim, type Entity } from '../api';
import { useEntities } from '../choose';
import { Chips } from '../combobox';
import { Answer, Empty, EntityLink, Evidence, join, Name, Opened, useAnswer } from '../parts';
import { address, here, list, param, toggled } from '../state';
import { capital, number, plural, split } from '../words';

interface Leg { from: Entity; to: Entity; mode: string; status: string; segment: Entity | null; transits: Entity[]; transitsComplete: boolean; distanceKm: number | null; estimatedKm: number; certainty: number; claims: Claim[] }
interface Route { countries: Entity[]; waters: Entity[]; legs: Leg[]; borders: number; distanceKm: number | null; estimatedKm: number; avoidance: string; certainty: number; weakest: Pick<Claim, 'source'> | null; length: { statedLegs: number } }
interface Result { routes: { note: string | null; partial: boolean; routes: Route[]; blocked: { release: Entity[]; opens: { countries: Entity[]; legs: object[] } | null }[]; nearest: { leg: Leg }[] } }

const routeFields = `fragment L on Leg { from { id name } to { id name } mode status segment { id name } transits { id name } transitsComplete distanceKm estimatedKm certainty claims { ...C } }
  fragment R on Route { countries { id name } waters { id name } borders distanceKm estimatedKm avoidance certainty weakest { source { id name } } length { statedLegs } legs { ...L } }`;

const modes = ['RAIL', 'ROAD', 'SEA', 'FERRY', 'RIVER', 'PIPELINE', 'AIR'];
const ranks = { LEGS: 'fewest legs', DISTANCE: 'shortest', BORDERS: 'fewest borders', CERTAINTY: 'most certain' };
const networks = { TRANSPORT: 'stated legs of transport', BORDERS: 'common borders' };

/** Draws a route as a line of stops; what is uncertain is dashed. */
function Strip({ legs, other }: { legs: Leg[]; other: Leg[] }) {
  return <ol class="strip" aria-hidden="true">{legs.map((l, i) => <>
    {i === 0 && <li class="stop"><Name text={l.from.name} /></li>}
    <li class={`hop mode-${l.mode.toLowerCase()} ${l.certainty < 0.5 || l.status !== 'OPERATIONAL' ? 'dashed' : ''} ${other.includes(l) ? 'differs' : ''}`} title={split(l.mode)} />
    <li class="stop"><Name text={l.to.name} /></li></>)}</ol>;
}

function LegLine({ leg, differs }: { leg: Leg; differs?: boolean }) {
  return <li class={`leg ${differs ? 'differs' : ''}`}>
    <div class="what"><EntityLink entity={leg.from} /> <span class="arrow">→</span> <EntityLink entity={leg.to} /></div>
    <div class="hint">{capital(split(leg.mode))}{leg.segment && <> · <EntityLink entity={leg.segment} /></>}
      {' · '}{leg.distanceKm !== null ? `${number(leg.distanceKm)} km` : <span title="no source states it; as the crow flies">about {number(Math.round(leg.estimatedKm))} km</span>}
      {leg.transits.length > 0 && <> · through {join(leg.transits.map((e) => <EntityLink entity={e} />))}{!leg.transitsComplete && ' and perhaps others'}</>}</div>
    <div>{leg.status !== 'OPERATIONAL' && <span class="chip">{split(leg.status)}</span>}</div>
    <Opened summary={plural(leg.claims.length, 'claim')} name={`for ${leg.from.name} to ${leg.to.name}`}><Evidence claims={leg.claims} values /></Opened>
  </li>;
}

const same = (a: Leg, b: Leg) => a.from.id === b.from.id && a.to.id === b.to.id && a.mode === b.mode && a.segment?.id === b.segment?.id;

/** The route before it with which a route shares the most legs, if at least half, and the legs that it does not share. */
function likest(route: Route, before: Route[]) {
  let best: { n: number; other: Leg[] } | null = null;
  before.forEach((r, i) => {
    const other = route.legs.filter((l) => !r.legs.some((x) => same(l, x)));
    if (other.length > 0 && 2 * other.length <= route.legs.length && (!best || other.length < best.other.length)) best = { n: i + 1, other };
  });
  return best as { n: number; other: Leg[] } | null;
}

function RouteView({ route, n, before }: { route: Route; n: number; before: Route[] }) {
  const like = likest(route, before), other = like?.other ?? [];
  const verified = route.avoidance === 'VERIFIED', kilometres = route.distanceKm ?? Math.round(route.estimatedKm);
  return <article class="route" aria-label={`Route ${n}`}>
    <header><h2><span class="count">{n}</span> {route.countries.length ? join(route.countries.map((e) => <EntityLink entity={e} />), ' · ') : `Route ${n}`}</h2>
      <p class="figures"><span><b>{route.distanceKm === null && 'about '}{number(kilometres)} km</b></span><span><b>{route.legs.length}</b> {route.legs.length === 1 ? 'leg' : 'legs'}</span><span><b>{route.borders}</b> {route.borders === 1 ? 'border' : 'borders'}</span>
        {param('avoid') && <span class={`chip ${verified ? 'good' : 'maybe'}`} title={verified ? 'the sources state all that each leg passes' : 'some legs may pass what is avoided: no source states all that they pass'}>{verified ? 'avoidance verified' : 'avoidance not verified'}</span>}</p>
      {like && <p>Like route {like.n}, but {join(other.map((l) => <><strong>by {split(l.mode)}</strong> from <Name text={l.from.name} /> to <Name text={l.to.name} /></>), ', ')}</p>}</header>
    <Strip legs={route.legs} other={other} />
    <ol class="legs">{route.legs.map((l) => <LegLine key={l.from.id + l.to.id} leg={l} differs={other.includes(l)} />)}</ol>
    <p class="hint">Stated length of {route.length.statedLegs} of {plural(route.legs.length, 'leg')}{route.waters.length > 0 && <> · over {join(route.waters.map((e) => <EntityLink entity={e} />))}</>} · certainty {route.certainty.toFixed(2)}: the least of its legs{route.weakest && <> (weakest: <EntityLink entity={route.weakest.source} />)</>}</p>
  </article>;
}

function Form({ from, to, avoid, via }: Record<'from' | 'to' | 'avoid' | 'via', Entity[]>) {
  const [ends, setEnds] = useState<{ from?: Entity; to?: Entity }>({ from: from[0], to: to[0] });
  const [avoided, setAvoided] = useState(avoid), [passing, setPassing] = useState(via);
  const [rank, setRank] = useState(param('rank') || 'LEGS'), [network, setNetwork] = useState(param('network') || 'TRANSPORT');
  const [chosen, setChosen] = useState(list('modes'));
  const [fault, setFault] = useState('');
  const end = (side: 'from' | 'to', label: string) => <div class="field"><span class="label">{label}</span>
    <Chips id={side} label={label} placeholder="Country, union, city or port" chosen={ends[side] ? [ends[side]] : []} set={(all) => setEnds({ ...ends, [side]: all.at(-1) })} /></div>;
  function submit(e: Event) {
    e.preventDefault();
    if (!ends.from || !ends.to) return setFault('Choose where the route begins and where it ends, from the suggestions.');
    location.assign(here({ from: ends.from.id, to: ends.to.id, avoid: avoided.map((x) => x.id).join(','), via: passing.map((x) => x.id).join(','), rank: rank !== 'LEGS' && rank, network: network !== 'TRANSPORT' && network, modes: chosen.join(',') }));
  }
  return <form class="form" onSubmit={submit} aria-label="Routes">
    <div class="pair">{end('from', 'From')}{end('to', 'To')}</div>
    <div class="field"><span class="label">Avoid</span><Chips id="avoid" label="Avoid" placeholder="Country, water, leg or corridor" chosen={avoided} set={setAvoided} /></div>
    <details class="more-options" open={passing.length > 0 || chosen.length > 0 || network !== 'TRANSPORT'}><summary>More conditions</summary>
      <div class="field"><span class="label">By way of</span><Chips id="via" label="By way of" chosen={passing} set={setPassing} /></div>
      <fieldset><legend>Only by</legend>{modes.map((m) => <label class="check" key={m}><input type="checkbox" checked={chosen.includes(m)} onChange={() => setChosen(toggled(chosen, m))} /> {split(m)}</label>)}</fieldset>
      <fieldset><legend>Along</legend>{Object.entries(networks).map(([key, text]) => <label class="check" key={key}><input type="radio" name="along" checked={network === key} onChange={() => setNetwork(key)} /> {text}</label>)}</fieldset>
    </details>
    <div class="row"><label>Best is <select value={rank} onChange={(e) => setRank(e.currentTarget.value)}>{Object.entries(ranks).map(([key, text]) => <option key={key} value={key}>{text}</option>)}</select></label><button class="primary">Find routes</button></div>
    {fault && <p class="trouble" role="alert">{fault}</p>}
  </form>;
}

function Found() {
  const variables = { from: param('from'), to: param('to'), avoid: list('avoid'), via: list('via'), modes: param('modes') ? list('modes') : null, rank: param('rank') || 'LEGS', network: param('network') || 'TRANSPORT' };
  const answer = useAnswer((signal) => ask<Result>(`query ($from: ID!, $to: ID!, $avoid: [ID!], $via: [ID!], $modes: [Mode!], $rank: RouteRank, $network: RouteNetwork, $view: View) {
    routes(from: $from, to: $to, avoid: $avoid, via: $via, modes: $modes, rank: $rank, network: $network, first: 4, view: $view) {
      note partial routes { ...R } blocked { release { id name } opens { countries { id name } legs { mode } } } nearest { leg { ...L } }
    } } ${routeFields} ${claimFields}`, variables, signal));
  return <Answer of={answer}>{({ routes: { routes, blocked, nearest, note, partial } }) => <>
    {routes.map((r, i) => <RouteView key={i} route={r} n={i + 1} before={routes.slice(0, i)} />)}
    {routes.length === 0 && <section class="blocked"><h2>No route is left</h2>
      {blocked.length > 0 && <><p>A way would open without the condition on one of these:</p><ul class="opens">{blocked.map((b) =>
        <li key={b.release.map((e) => e.id).join()}><strong>{join(b.release.map((e) => <EntityLink entity={e} />), ' and ')}</strong>
          {b.opens && <span class="hint"> – {plural(b.opens.legs.length, 'leg')} through {join(b.opens.countries.map((e) => <Name text={e.name} />))}</span>}
          {' '}<a href={here({ avoid: list('avoid').filter((id) => !b.release.some((e) => e.id === id)).join(',') })}>show</a></li>)}</ul></>}
      {nearest.length > 0 && <><h3>What comes nearest</h3><ol class="legs">{nearest.map((m, i) => <LegLine key={i} leg={m.leg} />)}</ol></>}</section>}
    {note && <p class="hint"><Name text={note} /></p>}
    {partial && <p class="hint">The search was cut off: there may be better routes.</p>}
    {routes.length > 0 && <p class="hint">These are ways that goods could take, not evidence that they do. <a href={address('/map', { from: param('from'), to: param('to'), avoid: param('avoid') })}>On the map</a> · <a href={address('/chokepoints', { from: param('from'), to: param('to'), avoid: param('avoid') })}>What all routes must pass</a></p>}
  </>}</Answer>;
}

export default function Routes() {
  const known = useEntities('from', 'to', 'avoid', 'via');
  return <Answer of={known}>{(of) => <><Form {...of} />{param('from') && param('to') ? <Found /> : <Empty>For example <a href={address('/routes', { from: 'KAZ', to: 'eu', avoid: 'RUS' })}>Kazakhstan to the European Union, avoiding Russia</a>.</Empty>}</>}</Answer>;
}
