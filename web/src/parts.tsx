// The parts that pages share.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Refusal, type Claim, type Connection, type Entity, type Qualifier } from './api';
import { disputed, sourcesOf, type Line } from './claims';
import { entityAddress, here } from './state';
import { capital, exactly, fields, isFigure, label, numeric, period, plural, qualifierWord, split, written, type Word } from './words';

/** A text of a source: isolated, so that its direction of writing does not disturb what is around it. */
export const Name = ({ text }: { text: string }) => <bdi>{text}</bdi>;

export const EntityLink = ({ entity, text }: { entity: Entity; text?: string }) =>
  <a href={entityAddress(entity.id)}><Name text={text ?? entity.name} /></a>;

export function join(items: ComponentChildren[], by: ComponentChildren = ', ') {
  return items.flatMap((x, i) => (i ? [by, x] : [x]));
}

/** A link to another site by its host; other texts, even javascript:, stay plain text. The host is in ASCII, as it is resolved. */
export function Outside({ url, text }: { url: string; text?: string }) {
  if (!/^https?:\/\//i.test(url)) return <Name text={url} />;
  let host = url;
  try { host = new URL(url).host; } catch { /* an address that no browser can open is shown as it is */ }
  return <a href={url} rel="noopener noreferrer">{text ?? host}</a>;
}

function Literal({ text, word, name }: { text: string; word?: Word; name: string }) {
  const kind = word?.kind, short = written(text, kind, name, word?.unit);
  if (short === null) return <Outside url={text} text={text} />;
  const exact = numeric(kind) && exactly(text, word?.unit);
  return <span title={exact && short !== exact ? exact : undefined}>{short}</span>;
}

export function Value({ claim, other }: { claim: Pick<Claim, 'predicate' | 'value' | 'object'>; other?: Entity | null }) {
  const entity = other ?? claim.object;
  if (entity) return <EntityLink entity={entity} />;
  return <Literal text={claim.value ?? ''} word={fields.get(claim.predicate)} name={claim.predicate} />;
}

function QualifierText({ q }: { q: Qualifier }) {
  const word = qualifierWord(q.name), name = word?.label ?? split(q.name);
  if (q.value === 'true') return <>{name}</>;
  const value = q.object ? <EntityLink entity={q.object} /> : <Literal text={q.value} word={word} name={q.name} />;
  // A role, or an amount with its unit, says itself what it is.
  return word?.unit || ['Enum', 'Quantity'].includes(word?.kind ?? '') ? <span title={name}>{value}</span> : <>{name} {value}</>;
}

/** What a claim says beside its value, without what the label above it says: members have the role of a member. */
export function Qualifiers({ of, under = '' }: { of: Qualifier[]; under?: string }) {
  const said = under.split(' '), rest = of.filter((q) => qualifierWord(q.name)?.kind !== 'Enum' || !said.some((w) => w === split(q.value) || w === `${split(q.value)}s`));
  return rest.length > 0 ? <span class="qualifiers">{join(rest.map((q) => <QualifierText q={q} />), ' · ')}</span> : null;
}

/** Whether the heading of lines says once that they may hold. */
export function maybe(lines: Line[]): '' | 'all' | 'some' {
  const n = lines.filter((l) => l.claims[0]!.holds === 'POSSIBLY').length;
  return n > 0 && n === lines.length ? 'all' : n > 2 ? 'some' : '';
}

export const Maybe = ({ which }: { which: ReturnType<typeof maybe> }) => which
  ? <span class="maybe-all" title="A source states it for another time, or without a time; none attests it for this date.">{which === 'all' ? 'may hold' : 'with dashes: may hold'}</span> : null;

/** How sure it is that a claim holds on the date: by form as well as by colour. Quietly, if a heading says it. */
export function Certainty({ claims, quiet }: { claims: Claim[]; quiet?: boolean }) {
  const c = claims[0]!;
  return <>
    {c.holds === 'POSSIBLY' && quiet && <span class="unseen">may hold</span>}
    {c.holds === 'POSSIBLY' && !quiet && <span class="chip maybe" title={c.distance && c.distance > 365 ? `attested ${plural(Math.round(c.distance / 365.25), 'year')} away` : 'no source attests it for this date'}>may hold</span>}
    {c.holds === 'NO' && <span class="chip not">not on this date</span>}
    {disputed(claims) && <span class="chip disputed">disputed</span>}
    {c.rank === 'DEPRECATED' && <span class="chip not">deprecated</span>}
  </>;
}

/** Who says a claim, and where. */
export function Evidence({ claims, values }: { claims: Claim[]; values?: boolean }) {
  return <ul class="evidence">{claims.map((c) => <li key={c.id}>
    {values && <span class="said"><Value claim={c} /> <Qualifiers of={c.qualifiers} /></span>}
    <EntityLink entity={c.source} />{c.locator && <>, <Name text={c.locator} /></>}
    {c.source.date && <> ({c.source.date})</>}{c.source.url && <> · <Outside url={c.source.url} /></>}
    <span class="hint">{join([
      period(c.validFrom, c.validTo), `confidence ${c.confidence}`,
      c.original && <>as “<Name text={c.original} />”</>, c.attributedTo && <>{split(c.attribution)} by <Name text={c.attributedTo} /></>,
      c.note && <Name text={c.note} />,
    ].filter(Boolean), ' · ')}</span>
  </li>)}</ul>;
}

/** One value: what, since when, how many sources; opened, the evidence. */
export function FactLine({ line, lead, quiet }: { line: Line; lead?: ComponentChildren; quiet?: boolean }) {
  const best = line.claims[0]!, figures = isFigure(best.predicate);
  return <li class={`line ${best.holds === 'POSSIBLY' ? 'unsure' : ''}`}>
    <div class="what">{lead}<span class="value"><Value claim={best} other={line.other} /></span> <Qualifiers of={best.qualifiers} under={label(best.predicate)} /> <Certainty claims={line.claims} quiet={quiet} /></div>
    <div class="years">{period(best.validFrom, best.validTo)}</div>
    <Opened summary={plural(sourcesOf(line.claims), 'source')} name={`for ${best.value ?? line.other?.name ?? ''}`}>
      <Evidence claims={line.claims} values={figures && line.claims.length > 1} />
    </Opened>
  </li>;
}

/** Something folded away; its content is made when it is opened first. */
export function Opened({ summary, name, children }: { summary: ComponentChildren; name?: string; children: ComponentChildren }) {
  const [open, set] = useState(false);
  return <details onToggle={(e) => set(e.currentTarget.open)}><summary>{summary}{name && <span class="unseen"> {name}</span>}</summary>{open && children}</details>;
}

/** Something wide, such as a table, which is moved sideways by itself, also by keyboard. */
export const Scroll = ({ label, children }: { label: string; children: ComponentChildren }) => <div class="scroll" tabIndex={0} role="region" aria-label={label}>{children}</div>;

/** A link to the next part of a list, if there is one. */
export const More = ({ of, text }: { of: Connection<unknown>; text: string }) => of.pageInfo.hasNextPage ? <p class="more"><a class="button" href={here({ after: of.pageInfo.endCursor })}>{text}</a></p> : null;

/** What a page is about to show. */
export type State<T> = { data?: T; fault?: Error };

/** The answer to a question of a page, asked once: the address has all that it depends on. */
export function useAnswer<T>(question: ((signal: AbortSignal) => Promise<T>) | null): State<T> {
  const [state, set] = useState<State<T>>({});
  useEffect(() => {
    if (!question) return;
    const c = new AbortController();
    question(c.signal).then((data) => set({ data }), (fault: Error) => { if (!c.signal.aborted) set({ fault }); });
    return () => c.abort();
  }, []);
  return state;
}

export const Loading = () => <div class="loading" role="status"><span class="unseen">Loading</span><i /><i /><i /></div>;

export function Trouble({ fault }: { fault: Error }) {
  const faults = fault instanceof Refusal ? fault.faults.map((f) => f.message) : [fault.message];
  return <div class="trouble" role="alert"><strong>This cannot be shown.</strong>{faults.map((m) => <p key={m}>{readable(m)}</p>)}</div>;
}

// Faults of the date name a variable that the page chose, not its reader.
const readable = (message: string) => {
  const m = /got invalid value .* at "view\.(\w+)"; (.*)$/s.exec(message);
  return m ? `${m[1] === 'asOf' ? 'The date' : capital(label(m[1]!))}: ${m[2]}` : message;
};

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Shows an answer, or what is instead of one. */
export function Answer<T>({ of, children }: { of: State<T>; children: (data: T) => ComponentChildren }) {
  if (of.fault) return <Trouble fault={of.fault} />;
  if (of.data === undefined) return <Loading />;
  return <>{children(of.data)}</>;
}
