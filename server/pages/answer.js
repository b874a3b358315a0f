// Renders answers to any query for readers who do not know GraphQL.
import { $, complain, entity, h, join, request, say, split } from './lib.js';
import { evidence, label, number, percent, ready, statement, statements, words } from './claim.js';

const isEntity = (v) => v?.id && v.name && Object.keys(v).every((k) => ['id', 'name', 'type', '__typename'].includes(k));
const isClaim = (v) => v?.source && v.predicate;
const flat = (v) => v === null || typeof v !== 'object' || isEntity(v) || 'low' in v || (Array.isArray(v) && v.every(isEntity));

function table(rows) {
  const columns = Object.keys(rows[0]);
  return h('div', { class: 'scroll' }, h('table', null,
    h('thead', null, h('tr', null, columns.map((c) => h('th', { scope: 'col' }, label(c))))),
    h('tbody', null, rows.map((r) => h('tr', null, columns.map((c) => h('td', null, read(r[c], c))))))));
}

// list renders items of one kind in the most compact form that fits them.
function list(all, name) {
  if (!all.length) return 'none';
  if (all.every(isEntity)) return join(all.map((e) => entity(e)), ', ');
  if (all.every(isClaim)) return statements(all);
  if (all.every(flat)) return all.join(', ');
  if (!all[0].relation && all.every((x) => x && Object.values(x).every(flat))) return table(all);
  return h('ol', null, all.map((x) => h('li', null, read(x, name))));
}

// span renders ranges.
function span({ low, high, unit, ...more }, name) {
  const write = name === 'hhi' ? (x) => x.toFixed(2) : /share|stated|unknown/.test(name) ? percent : read;
  return [write(low), high === null ? ' or more' : high > low && [' to ', write(high)],
    unit && [' ', words.units[unit] ?? unit], Object.keys(more)[0] && read(more)];
}

// read renders any part of an answer.
function read(v, name) {
  if (v === null) return 'not stated';
  if (Array.isArray(v)) return list(v, name);
  if (typeof v === 'number') return Number.isInteger(v) ? String(v) : number(+v.toPrecision(+v.toPrecision(4) === v ? 4 : 3));
  if (name === 'predicate' || name === 'relation') return label(v);
  if (typeof v !== 'object') return /^[A-Z]+(_[A-Z]+)+$/.test(v) || /^(status|mode|avoidance|holds)$/.test(name) ? split(v) : String(v);
  if (isEntity(v)) return entity(v);
  if (isClaim(v)) return h('ul', { class: 'claims' }, statement(v));
  if ('low' in v) return span(v, name);
  if (v.from && v.to && v.relation) {
    // Who imports uranium from Kazakhstan does not import from uranium.
    const says = label(v.relation) + (v.qualifier ? ` ${v.claim?.object?.name ?? '…'} (${split(v.qualifier)})` : '');
    const way = v.inverse ? ` ← ${says} — ` : ` — ${says} → `;
    return [entity(v.from), way, entity(v.to), v.claim && evidence([v.claim])];
  }
  const keys = Object.keys(v).filter((k) => k !== '__typename'), shown = (v.nodes ?? v.edges)?.length;
  if (v.totalCount > shown) v = { ...v, totalCount: `${v.totalCount}, of which ${shown} are requested and shown` };
  if (keys.length === 1) return read(v[keys[0]], keys[0]);
  return h('dl', null, keys.map((k) => [h('dt', null, label(k)), h('dd', null, read(v[k], k))]));
}

// show runs the query and renders the answer, titled with the question if it is an example.
export async function show(query, [title, , note] = []) {
  const place = $('answer');
  say('Asking …');
  if (title) document.title = `${title} · Caspian`;
  const [body] = await Promise.all([request(query), ready]);
  place.replaceChildren(h('h2', null, title ?? 'Answer'), h('p', { class: 'hint' }, note));
  if (body.data) place.append(h('div', null, read(body.data)));
  place.append(h('details', null, h('summary', null, 'as JSON'), h('pre', { tabindex: 0 }, JSON.stringify(body, null, 2))));
  if (body.errors) complain(body, place);
  else say('Answered.');
}
