// The network as lists: what is chosen with its links and their sources, the path, and all links by relation.
import { useState } from 'preact/hooks';
import { ask, claimFields, type Claim, type Entity } from '../api';
import { Answer, EntityLink, Evidence, Maybe, Name, Opened, useAnswer } from '../parts';
import { StepLine, type Connection } from '../views/steps';
import { capital, grouped, label, period, plural, typeLabel } from '../words';
import type { Around, Edge, Graph, Node } from './graph';
import type { State } from './state';

interface Acts { open: (e: Entity) => void; choose: (id: string | null) => void; relations: (a: Around) => void; pin: (n: Node) => void; hide: (n: Node) => void; set: (s: State) => void }
interface Props { graph: Graph; node: Node | null; opened: Around[]; path: { ends: Entity[]; connections: Connection[] } | null; state: State; acts: Acts }

// Longer lists are shown in parts, and of a link only the first claims.
const part = 120, evidence = 12;

/** The claims of a link, read when it is opened. */
function Sources({ edge }: { edge: Edge }) {
  const ids = [...edge.claims].slice(0, evidence);
  const answer = useAnswer((signal) => ask<Record<string, Claim>>(`query (${ids.map((_, i) => `$c${i}: ID!, `).join('')}$view: View) { ${ids.map((_, i) => `c${i}: claim(id: $c${i}, view: $view) { ...C }`).join(' ')} } ${claimFields}`,
    Object.fromEntries(ids.map((id, i) => [`c${i}`, id])), signal));
  return <Answer of={answer}>{(d) => <><Evidence claims={Object.values(d).filter((c) => c)} values />{edge.claims.size > evidence && <p class="hint">and {plural(edge.claims.size - evidence, 'other claim')}</p>}</>}</Answer>;
}

function Chosen({ node, graph, opened, state, acts }: Props & { node: Node }) {
  const edges = graph.edges.filter((e) => e.from === node || e.to === node), isOpen = state.ids.includes(node.id), around = opened.find((a) => a.id === node.id);
  const [all, setAll] = useState(false), shown = all ? edges : edges.slice(0, 30);
  return <section class="card" aria-label="Chosen">
    <h2><EntityLink entity={node} /></h2><p class="hint">{capital(typeLabel(node.type))} · {plural(edges.length, 'link')} here</p>
    <p class="actions"><button onClick={() => acts.open(node)}>{isOpen ? 'Close' : 'Open'}</button>{around && <button onClick={() => acts.relations(around)}>Relations</button>}<button aria-pressed={node.pinned} onClick={() => acts.pin(node)}>{node.pinned ? 'Unpin' : 'Pin'}</button><button onClick={() => acts.hide(node)}>Hide</button><button aria-label="Choose nothing" onClick={() => acts.choose(null)}>×</button></p>
    <ul>{shown.map((e) => { const other = e.from === node ? e.to : e.from; return <li key={e.relation + other.id} class={e.unsure ? 'unsure' : undefined}>
      <span class="relation">{e.from === node ? `${label(e.relation)} →` : `← ${label(e.relation)}`}</span> <button class="plain" onClick={() => acts.choose(other.id)}><Name text={other.name} /></button> <span class="years">{period(e.since, e.until)}</span>{e.unsure && <span class="unseen"> may hold</span>}
      <Opened summary={plural(e.sources.size, 'source')} name={`for ${other.name}`}><Sources edge={e} /></Opened></li>; })}</ul>
    {shown.length < edges.length && <button class="plain" onClick={() => setAll(true)}>All {grouped(edges.length)}</button>}
  </section>;
}

function PathView({ path: { ends, connections }, end }: { path: NonNullable<Props['path']>; end: () => void }) {
  return <section class="card" aria-label="Path"><h2>From <EntityLink entity={ends[0]!} /> to <EntityLink entity={ends[1]!} /></h2>
    {connections.length === 0 && <p class="empty">No chain of up to four claims connects them in this view.</p>}
    {connections.map((c, i) => <ol class="legs" key={i} aria-label={`Path ${i + 1}`}>{c.steps.map((s, j) => <StepLine key={j} step={s} />)}</ol>)}
    <p class="actions"><button onClick={end}>Remove the path</button></p></section>;
}

export function Side(p: Props) {
  const { graph, node, path, state, acts } = p, { edges } = graph;
  const [all, setAll] = useState(false), shown = all ? edges : edges.slice(0, part), relations = [...new Set(shown.map((e) => e.relation))];
  const button = (n: Node) => { const isOpen = state.ids.includes(n.id); return <button class="plain" aria-label={`${isOpen ? 'Close' : 'Open'} ${n.name}`} onClick={() => acts.open(n)}>{isOpen ? '−' : '+'}</button>; };
  const end = (n: Node) => <button class="plain" aria-label={`Choose ${n.name}`} onClick={() => acts.choose(n.id)}><Name text={n.name} /></button>;
  return <div class="beside" tabIndex={0} role="region" aria-label="Links">
    {node && <Chosen key={node.id} {...p} node={node} />}
    {path && <PathView path={path} end={() => acts.set({ ...state, path: [] })} />}
    <h2>{plural(edges.length, 'link')}</h2>{edges.some((e) => e.unsure) && <Maybe which={edges.every((e) => e.unsure) ? 'all' : 'some'} />}
    <ul>{relations.map((r) => <li key={r}><h3>{capital(label(r))}</h3><ul>{shown.filter((e) => e.relation === r).map((e) => {
      const one = state.ids.length === 1 && (e.from.main || e.to.main), other = e.from.main && one ? e.to : e.from.main ? e.to : e.from;
      return <li key={e.from.id + e.to.id} class={e.unsure ? 'unsure' : undefined}>{one ? end(other) : <>{end(e.from)} → {end(e.to)}</>}{e.unsure && <span class="unseen"> may hold</span>} {button(other)}</li>;
    })}</ul></li>)}</ul>
    {shown.length < edges.length && <button class="plain" onClick={() => setAll(true)}>All {plural(edges.length, 'link')}</button>}
  </div>;
}
