// An entity: a card with what is asked most, and its claims by theme; other tabs show its time and its sources.
import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api';
import { CellText, keyFields, selection, type Cell } from '../card';
import { overview, read, linesOf, type Group } from '../facts';
import { Answer, Empty, FactLine, join, Maybe, maybe, Name, Trouble, useAnswer } from '../parts';
import { address, asOf, here, param, subject } from '../state';
import { capital, grouped, isFigure, plural, themes, typeLabel } from '../words';

const shown = 8;

// The tabs other than the facts are loaded when they are shown.
const views: Record<string, () => Promise<ComponentType<{ id: string }>>> = {
  timeline: () => import('../views/timeline').then((m) => m.Timeline),
  changes: () => import('../views/changes').then((m) => m.Changes),
  disagreements: () => import('../views/conflicts').then((m) => m.Conflicts),
  sources: () => import('../views/sources').then((m) => m.Sources),
};

function Later({ load, id }: { load: () => Promise<ComponentType<{ id: string }>>; id: string }) {
  const view = useAnswer(load);
  return <Answer of={view}>{(View) => <View id={id} />}</Answer>;
}

const tabs = { facts: 'Facts', timeline: 'Timeline', changes: 'Changes', disagreements: 'Disagreements', sources: 'Sources' };

/** The values of the card. They are asked with the claims, so that nothing moves when they come. */
const cardOf = (type: string, id: string, signal: AbortSignal): Promise<Record<string, Cell>> => keyFields(type).length === 0 ? Promise.resolve({}) : ask<{ e: Record<string, Cell> }>(
  `query ($id: ID!, $view: View) { e: node(id: $id, view: $view) { ... on ${type} { ${keyFields(type).map((f) => `${f.name} ${selection(f.kind)}`).join(' ')} } } }`, { id }, signal).then((d) => d.e);

function Card({ type, id, aliases, values }: { type: string; id: string; aliases: string[]; values: Record<string, Cell> }) {
  const [all, setAll] = useState(false);
  const few = all ? aliases : aliases.slice(0, 6);
  return <section class="card" aria-label={`${type} in short`}>
    <p class="kind">{capital(typeLabel(type))} <code>{id}</code></p>
    {aliases.length > 0 && <p class="aliases">also {join(few.map((a) => <Name text={a} />))} {aliases.length > 6 && !all && <button class="plain" onClick={() => setAll(true)}>{plural(aliases.length - 6, 'more name')}</button>}</p>}
    <dl class="key">{keyFields(type).filter((f) => values[f.name] != null).slice(0, 8).map((f) =>
      <div key={f.name}><dt>{f.label}</dt><dd><CellText value={values[f.name] ?? null} kind={f.kind} /></dd></div>)}</dl>
    <p class="actions"><a href={address('/network', { id })}>Network</a><a href={address('/map', { id })}>Map</a>{type === 'Source' ? <a href={address('/sources', { id })}>All it states</a> : <a href={address('/routes', { from: id })}>Routes from here</a>}</p>
  </section>;
}

function GroupView({ id, group }: { id: string; group: Group }) {
  const [, again] = useState(0);
  const [all, setAll] = useState(false);
  const [fault, setFault] = useState<Error>();
  const lines = linesOf(group), unsure = maybe(lines), cut = all ? lines : lines.slice(0, shown);
  const unread = group.parts.filter((p) => p.read.length < p.count);
  const figure = isFigure(group.parts[0]!.predicate) && group.parts.length === 1 && group.count > 1 && group.parts[0]!.side === 'claims' && lines.length === 1 && lines[0]!.claims.length > 1;
  async function more() {
    setAll(true);
    try {
      await read(id, unread, 100);
      setFault(undefined);
    } catch (e) { setFault(e as Error); }
    again((n) => n + 1);
  }
  return <section class="group" id={group.id} aria-labelledby={`${group.id}-title`}>
    <h3 id={`${group.id}-title`}>{capital(group.title)} <span class="count">{grouped(group.count)}</span></h3> <Maybe which={unsure} />
    <ul class="lines">{cut.map((l) => <FactLine key={l.key} line={l} quiet={!!unsure} />)}</ul>
    {figure && <p class="more"><a href={address('/series', { id, predicate: group.parts[0]!.predicate })}>All {grouped(group.count)} over time</a></p>}
    {!figure && (lines.length > cut.length || unread.length > 0) && <p class="more"><button class="plain" onClick={() => void more()}>{all ? 'Show more' : `Show all ${grouped(group.count)} claims`}</button></p>}
    {fault && <Trouble fault={fault} />}
  </section>;
}

function Facts({ id }: { id: string }) {
  const answer = useAnswer(async (signal) => {
    const [e, card] = await Promise.all([overview(id, signal), cardOf(subject.type, id, signal)]);
    if (e) await read(id, e.groups.flatMap((g) => g.parts), shown, signal);
    return e && { ...e, card: card ?? {} };
  });
  return <Answer of={answer}>{(e) => {
    if (!e) return <Empty>Nothing is stated of it in this view.</Empty>;
    const sections = [...themes, ''].map((theme) => ({ theme, groups: e.groups.filter((g) => g.theme === theme) })).filter((s) => s.groups.length > 0);
    return <div class="columns">
      <div class="aside"><Card type={e.type} id={id} aliases={e.aliases} values={e.card} />
        <nav class="contents" aria-label="Contents"><ul>{sections.map(({ theme, groups }) =>
          <li key={theme}><a href={`#theme-${theme || 'identity'}`}>{theme || 'Identity'}</a> <span class="count">{grouped(groups.reduce((n, g) => n + g.count, 0))}</span></li>)}</ul></nav>
      </div>
      <div class="facts">{e.groups.some((g) => maybe(linesOf(g))) && <p class="hint">With dashes: may hold. A source states it for another time, or without a time; none attests it for {asOf || 'today'}.</p>}
        {sections.map(({ theme, groups }) => <section key={theme} id={`theme-${theme || 'identity'}`}>
        <h2>{theme || 'Identity'}</h2>{groups.map((g) => <GroupView key={g.title} id={id} group={g} />)}</section>)}</div>
    </div>;
  }}</Answer>;
}

export default function Entity() {
  const { id } = subject, tab = param('tab') || 'facts';
  if (!subject.type) return <Empty>What there is can also be found in <a href={address('/table')}>the tables</a>.</Empty>;
  return <>
    <nav class="tabs" aria-label="Views">{Object.entries(tabs).map(([key, text]) =>
      <a key={key} href={here({ tab: key !== 'facts' && key, after: '' })} aria-current={tab === key ? 'page' : undefined}>{text}</a>)}</nav>
    {views[tab] ? <Later load={views[tab]} id={id} /> : <Facts id={id} />}
  </>;
}

