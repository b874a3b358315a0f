// What every route between two places must pass.
import { ask, type Entity } from '../api';
import { Chosen, useEntities } from '../choose';
import { Answer, Empty, EntityLink, join, useAnswer } from '../parts';
import { address, list, param } from '../state';
import { capital, plural, split } from '../words';

interface Result { chokepoints: { kind: string; cut: Entity[]; removes: number; pairs: number; partial: boolean }[] }

const kinds: Record<string, string> = { COUNTRY: 'Countries', LEG: 'Legs', NODE: 'Nodes', WATER: 'Waters', NAMED: 'Named passages' };

function Avoided() {
  const avoided = useEntities('avoid').data?.avoid;
  return avoided?.length ? <p class="chosen"><span class="label">Avoiding</span> <span>{join(avoided.map((e) => <EntityLink entity={e} />))}</span></p> : null;
}

function Found() {
  const answer = useAnswer((signal) => ask<Result>(`query ($from: ID!, $to: ID!, $avoid: [ID!], $view: View) { chokepoints(from: $from, to: $to, avoid: $avoid, first: 40, view: $view) {
    kind cut { id name } removes pairs partial } }`, { from: param('from'), to: param('to'), avoid: list('avoid') }, signal));
  return <Answer of={answer}>{({ chokepoints: all }) => all.length === 0 ? <Empty>There is no route, or nothing that all routes must pass.</Empty> : <>
    {[...new Set(all.map((c) => c.kind))].map((kind) => <section key={kind}><h2>{kinds[kind] ?? capital(split(kind))}</h2>
      <ol class="bars">{all.filter((c) => c.kind === kind).map((c) => <li key={c.cut.map((e) => e.id).join()}><span>{join(c.cut.map((e) => <EntityLink entity={e} />), ' and ')}</span>
        <meter min={0} max={c.pairs} value={c.removes} aria-label="pairs that lose their last route" /><b>{c.removes} of {c.pairs}</b></li>)}</ol></section>)}
    <p class="hint">If one closes, that many pairs of places lose their last route, of {plural(all[0]!.pairs, 'pair')} that have one. <a href={address('/routes', { from: param('from'), to: param('to'), avoid: param('avoid') })}>The routes</a></p>
  </>}</Answer>;
}

export default function Chokepoints() {
  return <><Chosen name="from" label="From" /><Chosen name="to" label="To" /><Avoided />{param('from') && param('to') ? <Found /> : <Empty>Choose where goods come from and where they go, for example <a href={address('/chokepoints', { from: 'KAZ', to: 'eu', avoid: 'RUS' })}>from Kazakhstan to the European Union, avoiding Russia</a>.</Empty>}</>;
}
