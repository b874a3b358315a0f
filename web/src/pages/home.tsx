// Where to begin: the question, worked examples, what is in the graph and what changed lately.
import { ask, type Entity } from '../api';
import { Answer, EntityLink, join, useAnswer } from '../parts';
import { address, counts, entityAddress } from '../state';
import { capital, grouped, plural, split, types } from '../words';

interface Overview { graph: { types: { type: string; count: number }[] }; log: { sequence: number; recordedAt: string; entities: Entity[]; added: { totalCount: number } }[] }

const examples: [string, string, string][] = [
  ['Kazakhstan to the EU, avoiding Russia', 'Routes that remain, leg by leg, and what each rests on', address('/routes', { from: 'KAZ', to: 'eu', avoid: 'RUS' })],
  ['On whom does Japan depend for rare earths?', 'Shares as ranges, with the part that nobody states', address('/dependency', { of: 'JPN', resource: 'rare-earths' })],
  ['What was Kazakhstan’s capital called in 2020?', 'Every page can be read as of any date', entityAddress('KAZ', { asOf: '2020' }) + '#capital'],
  ['What changed for Kazakhstan, 2019 to 2023?', 'Two dates side by side, facts apart from figures', address('/changes', { id: 'KAZ', from: '2019-01-01', to: '2023' })],
  ['How is Japan connected with Kazakh uranium?', 'Chains of claims, each with its source', address('/connections', { from: 'JPN', to: 'uranium' })],
  ['Where do sources differ on the Middle Corridor?', 'Claims that cannot all be true', address('/conflicts', { id: 'titr' })],
  ['Who surrounds Turkmenistan?', 'The network of an entity, opened step by step', address('/network', { id: 'TKM' })],
  ['Population by country, on a map', 'Any figure of any country, with corridors', address('/map', { field: 'population' })],
];

function Overviews() {
  const answer = useAnswer((signal) => ask<Overview>(`query ($view: View, $since: Int!) {
    graph(view: $view) { types { type count } }
    log(sinceSequence: $since, first: 5) { sequence recordedAt entities { id name } added(first: 0) { totalCount } }
  }`, { since: Math.max(0, counts.sequence - 5) }, signal));
  return <Answer of={answer}>{({ graph, log }) => <>
    <section aria-labelledby="in"><h2 id="in">In the graph</h2>
      <ul class="tiles">{graph.types.filter((t) => t.count > 0).sort((a, b) => b.count - a.count).map(({ type, count }) =>
        <li key={type}><a href={address('/table', { type })}><b>{grouped(count)}</b> {split(types.get(type)?.plural ?? type)}</a></li>)}</ul>
    </section>
    {log.length > 0 && <section aria-labelledby="lately"><h2 id="lately">Recorded last</h2>
      <ul class="log">{[...log].reverse().map((l) => <li key={l.sequence}>
        <time dateTime={l.recordedAt}>{l.recordedAt.slice(0, 10)}</time> {plural(l.added.totalCount, 'claim')} about {join(l.entities.slice(0, 3).map((e) => <EntityLink entity={e} />))}
        {l.entities.length > 3 && ` and ${plural(l.entities.length - 3, 'other')}`}</li>)}</ul>
    </section>}
  </>}</Answer>;
}

export default function Home() {
  return <>
    <p class="hint counted">{grouped(counts.claims)} claims about {grouped(counts.entities)} entities</p>
    <section aria-label="Worked examples"><ul class="cards">{examples.map(([title, what, href]) =>
      <li key={href}><a href={href}><strong>{capital(title)}</strong><span>{what}</span></a></li>)}</ul></section>
    <Overviews />
  </>;
}
