// Any type as a table: the server filters, sorts and cuts the pages, and writes the same as CSV.
import { useState } from 'preact/hooks';
import { ask, requestAddress, type Connection } from '../api';
import { CellText, keyFields, selection, type Cell } from '../card';
import { Answer, Empty, EntityLink, join, Scroll, useAnswer } from '../parts';
import { here, list, param, params, toggled, view } from '../state';
import { capital, numeric, plural, split, types, type Column, type TypeWord } from '../words';

const pageSize = 50;
const sortable = (c: Column) => !c.many && !!c.kind && c.kind !== 'Coordinates';
const ops: Record<string, [string, string][]> = {
  text: [['contains', 'contains'], ['eq', 'is'], ['startsWith', 'begins with']],
  number: [['gte', 'at least'], ['lte', 'at most']],
  entity: [['id', 'is (id)']],
  other: [['eq', 'is']],
};
const opsOf = (c: Column) => ops[!c.kind ? 'entity' : numeric(c.kind) ? 'number' : c.kind === 'String' ? 'text' : 'other']!;

/** A condition of the address: field:operator:value. */
function condition(t: TypeWord, text: string): [string, object] | null {
  const [name, op, ...rest] = text.split(':'), value = rest.join(':'), c = t.fields.find((f) => f.name === name);
  if (!c || !op || !value) return null;
  if (!c.kind) return [c.name, c.many ? { some: { node: { id: { eq: value } } } } : { id: { eq: value } }];
  return [c.name, { [op]: c.kind === 'Quantity' ? value : numeric(c.kind) ? Number(value) : c.kind === 'Boolean' ? value === 'yes' || value === 'true' : c.kind === 'Enum' ? value.toUpperCase().replaceAll(' ', '_') : value }];
}

function questionOf(t: TypeWord, columns: Column[], fields: string) {
  const sort = param('sort'), by = t.fields.find((f) => f.name === sort.replace(/^-/, ''));
  const where = params.getAll('filter').map((f) => condition(t, f)).filter((x) => x !== null).map(([name, test]) => ({ [name]: test }));
  return {
    query: `query ${t.plural} ($where: ${t.name}Filter, $orderBy: [${t.name}Order!], $first: Int, $after: String, $view: View) {
      ${t.plural}(where: $where, orderBy: $orderBy, first: $first, after: $after, view: $view) { ${fields} { id ${columns.map((c) => `${c.name} ${c.many && !c.kind ? '{ totalCount }' : selection(c.kind)}`).join(' ')} } } }`,
    variables: { where: where.length ? { and: where } : null, orderBy: by ? [{ [by.name]: sort.startsWith('-') ? 'DESC' : 'ASC' }] : null, view: view() },
  };
}

function CellOf({ row, c }: { row: Record<string, Cell | Cell[] | { totalCount: number }>; c: Column }) {
  const v = row[c.name];
  if (v === null || v === undefined) return <span class="unknown">–</span>;
  if (c.name === 'name') return <EntityLink entity={{ id: String(row.id), name: String(v) }} />;
  if (Array.isArray(v)) return <>{join(v.slice(0, 3).map((x) => <CellText value={x} kind={c.kind} />))}{v.length > 3 && ` and ${v.length - 3} more`}</>;
  if (typeof v === 'object' && 'totalCount' in v) return <>{v.totalCount}</>;
  return <CellText value={v} kind={c.kind} />;
}

/** The head of a column, with a link that sorts by it: the other way, or numbers from the largest and texts from the first. */
function Head({ c }: { c: Column }) {
  const sort = param('sort'), down = `-${c.name}`, text = capital(c.label);
  const next = sort === c.name || (sort !== down && numeric(c.kind)) ? down : c.name;
  return <th scope="col" class={numeric(c.kind) ? 'number' : ''} aria-sort={sort === c.name ? 'ascending' : sort === down ? 'descending' : undefined}>
    {sortable(c) ? <a href={here({ sort: next, after: '' })}>{text}{sort === c.name ? ' ↑' : sort === down ? ' ↓' : ''}</a> : text}</th>;
}

function Rows({ t, columns }: { t: TypeWord; columns: Column[] }) {
  const { query, variables } = questionOf(t, columns, 'totalCount pageInfo { hasNextPage endCursor } nodes');
  const answer = useAnswer((signal) => ask<Record<string, Connection<Record<string, Cell>>>>(query, { ...variables, first: pageSize, after: param('after') || null }, signal));
  return <Answer of={answer}>{(d) => {
    const { totalCount, nodes, pageInfo } = d[t.plural]!, csv = questionOf(t, columns, 'nodes');
    return <>
      <p class="row"><span>{plural(totalCount, 'row')}</span><a class="button" href={requestAddress(csv.query, { ...csv.variables, first: 1000 }, '/graphql.csv')} download>CSV{totalCount > 1000 && ' (first 1,000)'}</a><a href={requestAddress(csv.query, { ...csv.variables, first: 1000 })}>JSON</a></p>
      {nodes.length === 0 ? <Empty>Nothing meets all conditions in this view.</Empty> : <Scroll label={split(t.plural)}><table>
        <thead><tr>{columns.map((c) => <Head key={c.name} c={c} />)}</tr></thead>
        <tbody>{nodes.map((row) => <tr key={String(row.id)}>{columns.map((c) => <td key={c.name} class={numeric(c.kind) ? 'number' : ''}><CellOf row={row} c={c} /></td>)}</tr>)}</tbody></table></Scroll>}
      <p class="more row">{param('after') && <a class="button" href={here({ after: '' })}>First page</a>}{pageInfo.hasNextPage && <a class="button" href={here({ after: pageInfo.endCursor })}>Next {pageSize}</a>}</p>
    </>;
  }}</Answer>;
}

function Conditions({ t }: { t: TypeWord }) {
  const given = params.getAll('filter'), [field, setField] = useState('name');
  const usable = t.fields.filter((f) => f.kind !== 'Coordinates' && f.kind !== 'Date' && !(f.many && f.kind)), chosen = usable.find((f) => f.name === field) ?? usable[0]!;
  const goto = (filters: string[]) => {
    const p = new URLSearchParams(params);
    p.delete('filter');
    p.delete('after');
    for (const f of filters) p.append('filter', f);
    location.assign(`?${p}`);
  };
  return <form class="row conditions" aria-label="Conditions" onSubmit={(e) => { e.preventDefault(); const d = new FormData(e.currentTarget); if (d.get('value')) goto([...given, `${chosen.name}:${d.get('op')}:${d.get('value')}`]); }}>
    {given.map((f) => <button type="button" class="chip-button" key={f} aria-label={`Remove the condition ${f}`} onClick={() => goto(given.filter((x) => x !== f))}>{f.replace(/:(\w+):/, (_, op: string) => ` ${Object.values(ops).flat().find(([key]) => key === op)?.[1] ?? op} `)} <span aria-hidden="true">×</span></button>)}
    <label>Only where <select value={chosen.name} onChange={(e) => setField(e.currentTarget.value)}>{usable.map((f) => <option key={f.name} value={f.name}>{f.label}</option>)}</select></label>
    <select name="op" aria-label="Comparison" key={chosen.name}>{opsOf(chosen).map(([op, text]) => <option key={op} value={op}>{text}</option>)}</select>
    <input name="value" aria-label="Value" size={14} /><button>Add</button></form>;
}

export default function Table() {
  const t = types.get(param('type') || 'Country');
  const [open, setOpen] = useState(list('columns'));
  if (!t) return <Empty>There is no type “<bdi>{param('type')}</bdi>”. <a href={here({ type: '' })}>Countries</a></Empty>;
  const usual = ['name', ...keyFields(t.name).filter((f) => f.kind !== 'Coordinates').slice(0, 6).map((f) => f.name)];
  const names = list('columns').length ? list('columns') : usual;
  const columns = names.map((n) => t.fields.find((f) => f.name === n)).filter((c) => c !== undefined);
  const chosen = open.length ? open : usual;
  return <>
    <div class="form"><div class="row"><label>Type <select value={t.name} onChange={(e) => location.assign(here({ type: e.currentTarget.value, columns: '', sort: '', filter: '', after: '' }))}>
      {[...types.values()].sort((a, b) => a.label.localeCompare(b.label)).map((x) => <option key={x.name} value={x.name}>{capital(split(x.plural))}</option>)}</select></label></div>
      <details><summary>Columns ({columns.length})</summary><fieldset><legend class="unseen">Columns</legend>{t.fields.map((f) => <label class="check" key={f.name}><input type="checkbox" checked={chosen.includes(f.name)} onChange={() => setOpen(toggled(chosen, f.name))} /> {f.label}</label>)}
        </fieldset><button onClick={() => location.assign(here({ columns: chosen.join(','), after: '' }))}>Show these columns</button></details>
      <Conditions t={t} /></div>
    <Rows t={t} columns={columns} />
  </>;
}
