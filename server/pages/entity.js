// The page of an entity: the claims about it, and the claims that lead to it.
import { $, address, ask, asOf, complain, h, join, outside, params, plural, say, split } from './lib.js';
import { claim, fields, label, ready, words } from './claim.js';
import { claimsOf, conflictsOf, timelineOf } from './questions.js';

const page = 200; // claims requested at a time
const rows = 8; // of a group, shown before "show more"

const query = (...lists) => `query ($id: ID!, ${lists.map((l) => `$${l}: String, `).join('')}$view: View) {
  entity(id: $id, view: $view) { id name type description aliases ${lists.map((l) => `
    ${l}(first: ${page}, after: $${l}) { totalCount pageInfo { hasNextPage endCursor } nodes { subject { id name } ${fields} } }`)} }
}`;

const by = (list, key) => {
  const groups = new Map();
  for (const x of list) groups.set(key(x), [...groups.get(key(x)) ?? [], x]);
  return [...groups];
};

// worth orders claims as the API does to choose the best one.
const worth = (c) => (c.rank === 'DEPRECATED' ? 0 : c.rank === 'PREFERRED' ? 4 : 2) + (c.holds === 'YES') + c.confidence / 2;

// group renders the claims of one predicate, with equal content together. Rows beyond the
// limit are counted, and shown on demand.
function group(title, claims) {
  claims.sort((a, b) => worth(b) - worth(a));
  const items = by(claims, (c) => JSON.stringify([c.value, c.object, c.qualifiers])).map(([, same]) => claim(same));
  const list = h('ul', { class: 'claims' }, items.slice(0, rows));
  const more = items.length > rows && h('button', {
    type: 'button',
    click: () => {
      list.append(...items.slice(rows));
      more.remove();
      (items[rows].querySelector('a') ?? list).focus();
    },
  }, `show ${items.length - rows} more`);
  return h('section', { class: 'group' }, h('h3', null, title, ' ', h('span', { class: 'hint' }, claims.length)), h('div', null, list, more));
}

// section renders the claims of a list in groups, with a button for the next page.
function section(title, key, e) {
  const about = key === 'about', place = h('section', null), loaded = [];
  const name = (p) => (about ? words.fields[p]?.inverse?.[e.type] ?? `… ${label(p)} ${e.name}` : label(p));
  const order = ([p]) => words.fields[p]?.order ?? 1e6;
  const draw = ({ totalCount, pageInfo, nodes }) => {
    loaded.push(...nodes.map((c) => (about ? { ...c, object: c.subject } : c)));
    const next = () => ask(query(key), { id: e.id, [key]: pageInfo.endCursor }).then((d) => {
      draw(d.entity[key]);
      say(`${loaded.length} of ${plural(totalCount, 'claim')} are loaded.`);
    }).catch((err) => complain(err, place));
    place.replaceChildren(h('h2', null, title, ' ', h('span', { class: 'hint' }, plural(totalCount, 'claim'))),
      ...by(loaded, (c) => c.predicate).sort((a, b) => order(a) - order(b)).map(([p, claims]) => group(name(p), claims)),
      h('p', null, pageInfo.hasNextPage && [`${loaded.length} of ${plural(totalCount, 'claim')} are loaded. `, h('button', { type: 'button', click: next }, 'load more')]));
  };
  draw(e[key]);
  return place;
}

export async function show() {
  const id = params.get('id');
  say('Loading …');
  const [{ entity: e }] = await Promise.all([ask(query('claims', 'about'), { id }), ready]);
  if (!e) throw Error(`Nothing has the id “${id}”${asOf && ' as of ' + asOf}. Search for its name above.`);
  document.title = `${e.name} · Caspian`;
  $('title').textContent = e.name;
  const url = e.claims.nodes.find((c) => c.predicate === 'url')?.value;
  const place = /^(Country|City|TransportNode|Region|Organisation)$/.test(e.type);
  $('view').append(h('div', null,
    h('p', { class: 'hint' }, join([split(e.type), h('code', null, e.id), url && outside(url)].filter(Boolean), ' · ')),
    e.description && h('p', null, e.description),
    e.aliases.length > 0 && h('p', { class: 'hint' }, 'Also: ', e.aliases.join(', ')),
    h('p', null, join([
      place && h('a', { href: address({ from: e.id }) }, 'routes from here'),
      e.type === 'Source' && h('a', { href: address({ query: claimsOf(e.id) }) }, 'what it claims'),
      h('a', { href: address({ query: conflictsOf(e.id) }) }, 'where sources disagree'),
      h('a', { href: address({ query: timelineOf(e.id) }) }, 'timeline'),
    ].filter(Boolean), ' · ')),
    section('Facts', 'claims', e), section('Mentioned by', 'about', e)));
  say(`${plural(e.claims.totalCount, 'claim')} about it, ${e.about.totalCount} that lead to it.`);
}
