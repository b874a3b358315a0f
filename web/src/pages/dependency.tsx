// On which partners a country's trade depends: shares as ranges, with the part that nobody states.
import { useState } from 'preact/hooks';
import { ask, claimFields, type Claim, type Entity } from '../api';
import { useEntities } from '../choose';
import { Chips } from '../combobox';
import { Answer, Empty, EntityLink, Evidence, Opened, Qualifiers, useAnswer, Value } from '../parts';
import { address, here, param } from '../state';
import { capital, percent, plural, split } from '../words';

interface Range { low: number; high: number }
interface Figures { scope: string | null; measure: string | null; claims: Claim[] }
interface Result { dependency: { year: number | null; unknown: Range; hhi: Range; partners: { partner: Entity; share: Range; report: string; claims: Claim[] }[]; conflicts: Claim[]; others: Figures[] } }

const between = ({ low, high }: Range, write = percent) => (write(low) === write(high) ? write(low) : `${write(low)} – ${write(high)}`);

/** A share as a bar: solid as far as it is stated, hatched as far as it may reach. */
function ShareBar({ share }: { share: Range }) {
  return <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="range" x={100 * share.low} width={100 * (share.high - share.low)} height="8" /><rect class="low" width={100 * share.low} height="8" /></svg>;
}

function Found({ of, resource }: { of: Entity; resource?: Entity }) {
  const year = Number(param('year')) || null, direction = param('direction') || 'IMPORT';
  const answer = useAnswer((signal) => ask<Result>(`query ($of: ID!, $resource: ID, $year: Int, $direction: TradeDirection, $view: View) {
    dependency(of: $of, resource: $resource, year: $year, direction: $direction, view: $view) { year unknown { low high } hhi { low high }
      partners { partner { id name } share { low high } report claims { ...C } } conflicts { ...C } others { scope measure claims { ...C } } } } ${claimFields}`,
    { of: of.id, resource: resource?.id ?? null, year, direction }, signal));
  return <Answer of={answer}>{({ dependency: d }) => {
    if (d.partners.length === 0) return <Empty>No source states shares of its {direction === 'IMPORT' ? 'imports' : 'exports'}{resource && <> of <bdi>{resource.name}</bdi></>} by partner{year && ` in ${year}`}.</Empty>;
    return <>
      <h2><EntityLink entity={of} />: {direction === 'IMPORT' ? 'imports' : 'exports'}{resource && <> of <EntityLink entity={resource} text={resource.name} /></>}{d.year && <>, {d.year}</>}</h2>
      <p class="figures"><span>not stated <b>{between(d.unknown)}</b></span><span title="Herfindahl–Hirschman index: 1 is a single partner">concentration <b>{between(d.hhi, (x) => x.toFixed(2))}</b></span>
        {d.year && <span><a href={here({ year: d.year - 1 })}>{d.year - 1}</a> · <a href={here({ year: d.year + 1 })}>{d.year + 1}</a></span>}</p>
      <svg width="0" height="0" aria-hidden="true"><pattern id="hatch" width="1" height="8" patternUnits="userSpaceOnUse"><rect class="thread" width="0.4" height="8" /></pattern></svg>
      <ol class="shares">{d.partners.map(({ partner, share, report, claims }) => <li key={partner.id}>
        <span><EntityLink entity={partner} /></span><ShareBar share={share} /><b>{between(share)}</b>
        <Opened summary={plural(claims.length, 'claim')} name={`for ${partner.name}`}>{report === 'MIRROR' && <p class="hint">As the partner reports it.</p>}<Evidence claims={claims} values /></Opened></li>)}</ol>
      <p class="legend"><span><i class="key solid" /> stated</span><span><i class="key hatched" /> as far as it may reach: the part that nobody states may be any partner’s</span></p>
      {d.conflicts.length > 0 && <section><h2>Figures that disagree</h2><ul class="lines">{d.conflicts.map((c) => <li class="line" key={c.id}><div class="what"><Value claim={c} /> <Qualifiers of={c.qualifiers} /></div><div class="years">{c.validFrom}</div><Opened summary="1 source"><Evidence claims={[c]} /></Opened></li>)}</ul></section>}
      {d.others.length > 0 && <section><h2>Other figures, which count something else</h2><ul class="lines">{d.others.map((o, i) => <li class="line" key={i}><div class="what">{capital(o.scope ?? split(o.measure ?? 'other'))}</div><div class="years" /><Opened summary={plural(o.claims.length, 'claim')}><Evidence claims={o.claims} values /></Opened></li>)}</ul></section>}
    </>;
  }}</Answer>;
}

export default function Dependency() {
  const known = useEntities('of', 'resource');
  return <Answer of={known}>{({ of, resource }) => <Form of={of[0]} resource={resource[0]} />}</Answer>;
}

function Form({ of, resource }: { of?: Entity; resource?: Entity }) {
  const [country, setCountry] = useState(of), [goods, setGoods] = useState(resource), [direction, setDirection] = useState(param('direction') || 'IMPORT');
  return <>
    <form class="form" aria-label="Dependency" onSubmit={(e) => { e.preventDefault(); if (country) location.assign(here({ of: country.id, resource: goods?.id, year: (new FormData(e.currentTarget).get('year') as string) || '', direction: direction !== 'IMPORT' && direction })); }}>
      <div class="pair">
        <div class="field"><span class="label">Country</span><Chips id="of" label="Country" types={['Country']} chosen={country ? [country] : []} set={(x) => setCountry(x.at(-1))} /></div>
        <div class="field"><span class="label">Goods</span><Chips id="resource" label="Goods" types={['Resource']} placeholder="all" chosen={goods ? [goods] : []} set={(x) => setGoods(x.at(-1))} /></div>
      </div>
      <div class="row"><label>What it <select value={direction} onChange={(e) => setDirection(e.currentTarget.value)}><option value="IMPORT">imports</option><option value="EXPORT">exports</option></select></label>
        <label>in <input name="year" size={6} inputMode="numeric" placeholder="latest" value={param('year')} /></label><button class="primary">Show shares</button></div>
    </form>
    {of ? <Found of={of} resource={resource} /> : <Empty>For example <a href={address('/dependency', { of: 'JPN', resource: 'rare-earths' })}>Japan and rare earths</a>.</Empty>}
  </>;
}
