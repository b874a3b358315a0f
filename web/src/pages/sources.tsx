// The sources, how reliable they are and how much they state; and of one, all that it states.
import { useState } from 'preact/hooks';
import { ask, claimFields, requestAddress, type Claim, type Connection, type Entity } from '../api';
import { Answer, Certainty, Empty, EntityLink, Evidence, join, More, Name, Opened, Outside, Qualifiers, Scroll, useAnswer, Value } from '../parts';
import { address, here, list, param, view } from '../state';
import { capital, grouped, label, period, plural, split } from '../words';

interface Source extends Entity { publisher: string | null; date: string | null; licence: string | null; reliability: string | null; url: string | null }
interface Full extends Source { description: string | null; confidenceCap: number | null; coversUntil: string | null; completeFor: string[]; partialFor: string[]; maintains: string[] }
interface Counted { aggregate: { groups: { key: string; count: number }[] } }

const fields = 'id name publisher date licence reliability url', pageSize = 100, inTable = 60;
const stated = 'first: 1000, where: $where, view: $view';

/** Good, middling or poor, by form as well as by colour. */
const Reliability = ({ of }: { of: string | null }) => of ? <span class={`chip ${of === 'HIGH' ? 'good' : of === 'LOW' ? 'poor' : 'maybe'}`}>{split(of)}</span> : <span class="unknown">not stated</span>;

const sorts = { claims: 'claims', date: 'date', name: 'name', reliability: 'reliability' } as const;
const ranks = ['HIGH', 'MEDIUM', 'LOW'];

function All() {
  const [text, setText] = useState(''), [all, setAll] = useState(false), sort = (param('sort') || 'claims') as keyof typeof sorts;
  const answer = useAnswer((signal) => ask<{ sources: Connection<Source>; claims: Counted }>(`query ($view: View) {
    sources(first: 5000, view: $view) { totalCount nodes { ${fields} } } claims(first: 0, view: $view) { aggregate { groups(by: [source]) { key count } } } }`, {}, signal));
  return <Answer of={answer}>{({ sources, claims }) => {
    const counts = new Map(claims.aggregate.groups.map((g) => [g.key, g.count])), n = (s: Source) => counts.get(s.id) ?? 0, rank = (s: Source) => (ranks.indexOf(s.reliability ?? '') + 4) % 4;
    const wanted = text.trim().toLowerCase(), found = sources.nodes.filter((s) => !wanted || [s.name, s.publisher, s.id, s.licence].some((x) => x?.toLowerCase().includes(wanted)));
    found.sort((a, b) => (sort === 'name' ? a.name.localeCompare(b.name) : sort === 'date' ? (b.date ?? '').localeCompare(a.date ?? '') : sort === 'reliability' ? rank(a) - rank(b) : 0) || n(b) - n(a));
    const shown = all ? found : found.slice(0, inTable);
    const head = (key: keyof typeof sorts, words: string, kind = '') => <th scope="col" class={kind} aria-sort={sort === key ? (key === 'name' || key === 'reliability' ? 'ascending' : 'descending') : undefined}><a href={here({ sort: key !== 'claims' && key })}>{words}</a></th>;
    return <>
      <p class="row"><label>Only with <input value={text} placeholder="name, publisher, licence" onInput={(e) => setText(e.currentTarget.value)} /></label><span role="status">{plural(found.length, 'source')}{found.length < sources.totalCount && ` of ${grouped(sources.totalCount)}`}</span>
        <a class="button" download href={requestAddress(`query sources($view: View) { sources(first: 1000, view: $view) { nodes { ${fields} } } }`, { view: view() }, '/graphql.csv')}>CSV{sources.totalCount > 1000 && ' (first 1,000)'}</a></p>
      {found.length === 0 ? <Empty>No source has this in its name, publisher or licence.</Empty> : <Scroll label="Sources"><table>
        <thead><tr>{head('name', 'Source')}<th scope="col">Publisher</th>{head('date', 'Date')}{head('reliability', 'Reliability')}<th scope="col">Licence</th>{head('claims', 'Claims', 'number')}</tr></thead>
        <tbody>{shown.map((s) => <tr key={s.id}><th scope="row"><a href={here({ id: s.id, sort: '' })}><Name text={s.name} /></a></th><td>{s.publisher && <Name text={s.publisher} />}</td><td class="day">{s.date}</td><td><Reliability of={s.reliability} /></td><td>{s.licence && <Name text={s.licence} />}</td><td class="number">{grouped(n(s))}</td></tr>)}</tbody></table></Scroll>}
      {shown.length < found.length && <p class="more"><button onClick={() => setAll(true)}>All {grouped(found.length)}</button></p>}
    </>;
  }}</Answer>;
}

function One({ id }: { id: string }) {
  const predicate = param('predicate'), where = { source: { eq: id }, ...(predicate ? { predicate: { eq: predicate } } : {}) };
  const answer = useAnswer((signal) => ask<{ source: Full | null; all: Connection<Claim>; counts: Counted; types: Counted }>(`query ($id: ID!, $where: ClaimFilter, $all: ClaimFilter, $first: Int, $after: String, $view: View) {
    source(id: $id, view: $view) { ${fields} description confidenceCap coversUntil completeFor partialFor maintains }
    all: claims(where: $where, first: $first, after: $after, orderBy: [{ rank: DESC }], view: $view) { totalCount pageInfo { hasNextPage endCursor } nodes { ...C } }
    counts: claims(where: $all, first: 0, view: $view) { aggregate { groups(by: [predicate]) { key count } } }
    types: claims(where: $all, first: 0, view: $view) { aggregate { groups(by: [subject_type]) { key count } } } } ${claimFields}`,
    { id, where, all: { source: { eq: id } }, first: pageSize, after: param('after') || null }, signal));
  return <Answer of={answer}>{({ source, all, counts, types }) => {
    if (!source) return <Empty>No source has the id “<bdi>{id}</bdi>” in this view. <a href={here({ id: '' })}>All sources</a></Empty>;
    const total = counts.aggregate.groups.reduce((n, g) => n + g.count, 0), kinds = types.aggregate.groups;
    const facts: [string, preact.ComponentChildren][] = [
      ['publisher', source.publisher && <Name text={source.publisher} />], ['published', source.date], ['covers until', source.coversUntil], ['address', source.url && <Outside url={source.url} />],
      ['reliability', <Reliability of={source.reliability} />], ['licence', source.licence ? <Name text={source.licence} /> : <span class="unknown">not stated</span>], ['confidence at most', source.confidenceCap],
      ['lists all', source.completeFor.length > 0 && join(source.completeFor.map(label))], ['lists some', source.partialFor.length > 0 && join(source.partialFor.map(label))], ['keeps up to date', source.maintains.length > 0 && join(source.maintains.map(label))],
    ];
    return <>
      <h2><EntityLink entity={source} /></h2>{source.description && <p class="lead"><Name text={source.description} /></p>}
      <div class="columns"><div class="aside"><section class="card" aria-label="Source in short"><dl class="key">{facts.filter(([, v]) => v != null && v !== false).map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
        <p class="actions"><a href={address('/table', { sources: source.id })}>Only what it states</a><a href={here({ id: '', predicate: '', after: '' })}>All sources</a></p></section>
        <nav class="contents" aria-label="What it states"><ul><li><a href={here({ predicate: '', after: '' })} aria-current={!predicate ? 'page' : undefined}>All</a> <span class="count">{grouped(total)}</span></li>
          {counts.aggregate.groups.map((g) => <li key={g.key}><a href={here({ predicate: g.key, after: '' })} aria-current={predicate === g.key ? 'page' : undefined}>{capital(label(g.key))}</a> <span class="count">{grouped(g.count)}</span></li>)}</ul></nav></div>
      <div><p class="row"><span>{plural(all.totalCount, 'claim')}{predicate && <> with “{label(predicate)}”</>}</span>{!predicate && kinds.length > 0 && <span class="hint">about {join(kinds.slice(0, 4).map((g) => `${grouped(g.count)} ${split(g.key)}`))}{kinds.length > 4 && ' and others'}</span>}
          <a class="button" download href={requestAddress(`query claims($where: ClaimFilter, $view: View) { claims(${stated}) { nodes { subject { id name } predicate value object { id name } validFrom validTo confidence locator } } }`, { where, view: view() }, '/graphql.csv')}>CSV{all.totalCount > 1000 && ' (first 1,000)'}</a></p>
        <ul class="lines">{all.nodes.map((c) => <li class={`line ${c.holds === 'POSSIBLY' ? 'unsure' : ''}`} key={c.id}><div class="what"><EntityLink entity={c.subject} /> <span class="relation">{label(c.predicate)}</span> <span class="value"><Value claim={c} /></span> <Qualifiers of={c.qualifiers} /> <Certainty claims={[c]} quiet /></div>
          <div class="years">{period(c.validFrom, c.validTo)}</div><Opened summary="place" name={`of ${c.subject.name} ${label(c.predicate)}`}><Evidence claims={[c]} /></Opened></li>)}</ul>
        {all.nodes.length === 0 && <Empty>It states nothing in this view.</Empty>}
        <More of={all} text="More claims" /></div></div>
    </>;
  }}</Answer>;
}

export default function Sources() {
  return param('id') ? <One id={list('id')[0]!} /> : <All />;
}
