// What differs between two dates: facts apart from figures, which change every year.
import { ask, claimFields, type Claim, type Connection } from '../api';
import { sourcesOf } from '../claims';
import { Answer, Empty, EntityLink, Evidence, join, Opened, Qualifiers, Scroll, useAnswer, Value } from '../parts';
import { asOf, param, subject, view } from '../state';
import { CellText, keyFields, selection, type Cell } from '../card';
import { capital, fields, grouped, isFigure, label, period, plural, type Column } from '../words';

interface Change { kind: 'ADDED' | 'REMOVED' | 'CHANGED'; before: Claim | null; after: Claim | null }
interface Page { changes: Connection<Change> & { partial: boolean } }

type Short = { column: Column; at: { date: string; value: Cell }[] }[];

// Between the two dates, a card is read once a year, for at most this many years.
const samples = 12;

function between(from: string, to: string) {
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))], every = Math.max(1, Math.ceil((last - first) / samples));
  return Array.from({ length: Math.max(0, Math.floor((last - first - 1) / every)) }, (_, i) => String(first + (i + 1) * every));
}

/** What a card shows that differs on some date: also what follows from claims about others, such as who holds an office. */
async function short(id: string, from: string, to: string, rest: object, signal: AbortSignal): Promise<Short> {
  const type = subject.type || (await ask<{ entity: { type: string } | null }>('query ($id: ID!) { entity(id: $id) { type } }', { id, view: undefined }, signal)).entity?.type;
  const wanted = type ? keyFields(type).filter((c) => !fields.get(c.name)?.time || fields.get(c.name)?.time === 'STATE') : [];
  if (wanted.length === 0) return [];
  const dates = [from, ...between(from, to), to], name = { name: 'name', label: 'name' };
  const d = await ask<Record<string, Record<string, Cell> | null>>(`query ($id: ID!, ${dates.map((_, i) => `$v${i}: View`).join(', ')}) { ${dates.map((_, i) =>
    `d${i}: node(id: $id, view: $v${i}) { ... on ${type} { name ${wanted.map((f) => `${f.name} ${selection(f.kind)}`).join(' ')} } }`).join(' ')} }`,
    { id, view: undefined, ...Object.fromEntries(dates.map((asOf, i) => [`v${i}`, { ...rest, asOf }])) }, signal);
  return [name, ...wanted].map((column) => ({ column, at: dates.map((date, i) => ({ date, value: d[`d${i}`]?.[column.name] ?? null })) }))
    .filter(({ at }) => at.some(({ value }) => JSON.stringify(value) !== JSON.stringify(at[0]!.value)));
}

/** The values of the years between that are neither the first nor the one before them. */
function Meanwhile({ at, kind }: { at: Short[number]['at']; kind?: string }) {
  const text = at.map(({ value }) => JSON.stringify(value));
  const other = at.filter((_, i) => i > 0 && i < at.length - 1 && text[i] !== text[i - 1] && text[i] !== text.at(-1));
  return other.length === 0 ? <span class="unknown">–</span> : <>{join(other.map(({ date, value }) => <><CellText value={value} kind={kind} /> <span class="years">({date})</span></>))}</>;
}

async function all(id: string | undefined, from: object, to: object, signal: AbortSignal) {
  const nodes: Change[] = [];
  let after: string | null = null, total = 0, partial = false;
  for (let page = 0; page < 5; page++) {
    const { changes }: Page = await ask<Page>(`query ($id: ID, $from: View!, $to: View!, $after: String) {
      changes(from: $from, to: $to, subject: $id, first: 200, after: $after) { totalCount partial pageInfo { hasNextPage endCursor } nodes { kind before { ...C } after { ...C } } } } ${claimFields}`,
      { id: id || null, from, to, after, view: undefined }, signal);
    nodes.push(...changes.nodes);
    ({ totalCount: total, partial } = changes);
    if (!changes.pageInfo.hasNextPage) break;
    after = changes.pageInfo.endCursor;
  }
  return { nodes, total, partial };
}

const year = (n: number) => String(new Date().getUTCFullYear() + n);

function Side({ claim }: { claim: Claim | null }) {
  if (!claim) return <span class="unknown">–</span>;
  return <><Value claim={claim} /> <Qualifiers of={claim.qualifiers} /> <span class="years">{period(claim.validFrom, claim.validTo)}</span></>;
}

function Table({ changes, from, to, id }: { changes: Change[]; from: string; to: string; id?: string }) {
  return <Scroll label="Changes"><table class="changes">
    <thead><tr><th scope="col">What</th><th scope="col">{from}</th><th scope="col">{to}</th><th scope="col">Sources</th></tr></thead>
    <tbody>{changes.map(({ kind, before, after }) => {
      const c = (after ?? before)!, claims = [before, after].filter((x) => x !== null);
      return <tr key={(before?.id ?? '') + (after?.id ?? '')} class={kind.toLowerCase()}>
        <th scope="row">{c.subject.id !== id && <><EntityLink entity={c.subject} /> · </>}{capital(label(c.predicate))}</th>
        <td><Side claim={before} /></td><td><Side claim={after} /></td>
        <td><Opened summary={plural(sourcesOf(claims), 'source')} name={`for ${label(c.predicate)}`}>
          <Evidence claims={claims} /></Opened></td>
      </tr>;
    })}</tbody></table></Scroll>;
}

export function Changes({ id }: { id?: string }) {
  const to = param('to') || asOf || year(0), from = param('from') || String(Number(to.slice(0, 4)) - 5);
  const { asOf: _, ...rest } = view();
  const then = { ...rest, asOf: from }, now = { ...rest, asOf: to };
  const answer = useAnswer(async (signal) => {
    const [list, card] = await Promise.all([all(id, then, now, signal), id ? short(id, from, to, rest, signal) : []]);
    return { ...list, card };
  });
  return <>
    <form class="form row" method="get" action={location.pathname}>
      {location.pathname.startsWith('/e/') ? <input type="hidden" name="tab" value="changes" /> : id && <input type="hidden" name="id" value={id} />}
      <label>From <input name="from" value={from} size={10} /></label><label>to <input name="to" value={to} size={10} /></label><button>Compare</button>
    </form>
    <Answer of={answer}>{({ nodes, total, partial, card }) => {
      const figure = (c: Change) => isFigure((c.after ?? c.before)!.predicate);
      const facts = nodes.filter((c) => !figure(c)), figures = nodes.filter(figure);
      if (total === 0 && card.length === 0) return <Empty>Nothing is stated to have changed from {from} to {to}.</Empty>;
      return <>
        {card.length > 0 && <><h2>In short</h2><Scroll label="In short"><table class="changes"><thead><tr><th scope="col">What</th><th scope="col">{from}</th><th scope="col">between</th><th scope="col">{to}</th></tr></thead>
          <tbody>{card.map(({ column, at }) => <tr key={column.name} class="short"><th scope="row">{capital(column.label)}</th>
            <td><CellText value={at[0]!.value} kind={column.kind} /></td><td><Meanwhile at={at} kind={column.kind} /></td><td><CellText value={at.at(-1)!.value} kind={column.kind} /></td></tr>)}</tbody></table></Scroll></>}
        <h2>Facts <span class="count">{facts.length}</span></h2>
        {facts.length > 0 ? <Table changes={facts} from={from} to={to} id={id} /> : <Empty>No claim about it as a fact began or ended; what follows from claims about others is above.</Empty>}
        {figures.length > 0 && <><h2>New figures <span class="count">{figures.length}</span></h2><Opened summary={`Show ${plural(figures.length, 'figure')}`}><Table changes={figures} from={from} to={to} id={id} /></Opened></>}
        {(partial || total > nodes.length) && <p class="hint">The first {nodes.length} of {grouped(total)} changes.</p>}
      </>;
    }}</Answer>
  </>;
}
