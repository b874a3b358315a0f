// The page of an entity: the claims about it, and the claims that lead to it.
import { $, address, ask, asOf, bdi, complain, h, join, outside, params, plural, say, split } from './lib.js';
import { claim, fields, label, ready, said, words } from './claim.js';
import { claimsOf, conflictsOf, timelineOf } from './queries.js';

const rows = 16; // of a group, shown at first
const id = params.get('id');

const overview = `query ($id: ID!, $view: View) {
  entity(id: $id, view: $view) {
    id name type description aliases url: claims(predicate: "url", first: 1) { nodes { value } }
    ${['claims', 'about'].map((list) => `${list} { aggregate { groups(by: [predicate]) { key count } } }`).join(' ')}
  }
}`;

// load reads the next claims of the parts: lists with one predicate, the best claims first.
async function load(parts, first) {
  const { entity } = await ask(`query ($id: ID!, $view: View) { entity(id: $id, view: $view) { ${parts.map((p, i) => `
    p${i}: ${p.list}(predicate: "${p.predicate}", first: ${first}, after: ${JSON.stringify(p.after)}, orderBy: $order) { ...F }`).join('')} } }
    fragment F on ClaimConnection { pageInfo { hasNextPage endCursor } nodes { subject { id name } chosen ${fields} } }`
    .replaceAll('$order', '[{ rank: DESC }, { holds: DESC }, { distance: ASC }, { confidence: DESC }]'), { id });
  parts.forEach((p, i) => {
    const { nodes, pageInfo } = entity[`p${i}`];
    p.claims.push(...nodes.map((c) => (p.list === 'about' ? { ...c, other: c.subject } : c)));
    p.after = pageInfo.hasNextPage && pageInfo.endCursor;
  });
}

const worth = (c) => 4 * c.chosen + 2 * (c.rank !== 'DEPRECATED') + (c.holds === 'YES');

// group renders the claims of one label, with equal content together.
function group({ title, count, parts }) {
  const list = h('ul', { class: 'claims' }), shown = h('span', { class: 'hint' });
  const more = h('button', { type: 'button', click: () => next().catch((e) => complain(e, place)) }, 'show more');
  const place = h('section', { class: 'group' }, h('h3', null, title, ' ', h('span', { class: 'hint' }, count.toLocaleString('en'))),
    h('div', null, list, h('p', { hidden: true }, shown, ' ', more)));
  function draw(limit) {
    const same = Map.groupBy(parts.flatMap((p) => p.claims).sort((a, b) => worth(b) - worth(a)), (c) => said({ ...c, object: c.other ?? c.object }));
    const items = [...same.values()].slice(0, limit), n = items.flat().length;
    list.replaceChildren(...items.map((claims) => claim(claims)));
    shown.textContent = `${n} of ${plural(count, 'claim')}`;
    more.parentElement.hidden = n >= count;
  }
  async function next() {
    const at = list.children.length, rest = parts.filter((p) => p.after);
    more.disabled = true; // else a second click would load the same claims
    try {
      if (rest.length) await load(rest, 200);
    } finally {
      more.disabled = false;
    }
    draw();
    (list.children[at]?.querySelector('a') ?? list).focus();
  }
  draw(rows);
  return place;
}

// groupsOf returns what is claimed of the entity, and what leads to it, by label. A symmetric
// relation is a fact about both of its ends.
function groupsOf(e) {
  const facts = new Map(), about = new Map();
  for (const list of ['claims', 'about']) {
    for (const { key: predicate, count } of e[list].aggregate.groups) {
      const field = words.fields[predicate], fact = list === 'claims' || field?.symmetric;
      const title = fact ? label(predicate) : field?.inverse?.[e.type] ?? [`… ${label(predicate)} `, bdi(e.name)];
      const into = fact ? facts : about;
      if (!into.has(predicate)) into.set(predicate, { title, order: field?.order ?? 1e6, count: 0, parts: [] });
      const g = into.get(predicate);
      g.count += count;
      g.parts.push({ list, predicate, after: null, claims: [] });
    }
  }
  return [facts, about].map((groups) => [...groups.values()].sort((a, b) => a.order - b.order));
}

const total = (groups) => groups.reduce((n, g) => n + g.count, 0);
const section = (title, groups) => h('section', null,
  h('h2', null, title, ' ', h('span', { class: 'hint' }, plural(total(groups), 'claim'))), groups.map(group));

export async function show() {
  say('Loading …');
  const [{ entity: e }] = await Promise.all([ask(overview, { id }), ready]);
  if (!e) throw Error(`Nothing has the id “${id}”${asOf && ' as of ' + asOf}. Search for its name above.`);
  document.title = `${e.name} · Caspian`;
  $('title').replaceChildren(bdi(e.name));
  const [facts, about] = groupsOf(e), parts = [...facts, ...about].flatMap((g) => g.parts);
  if (parts.length) await load(parts, 50);
  const url = e.url.nodes[0]?.value;
  const place = /^(Country|City|TransportNode|Region|Organisation)$/.test(e.type);
  $('view').append(h('div', null,
    h('p', { class: 'hint' }, join([split(e.type), h('code', null, e.id), url && outside(url)].filter(Boolean), ' · ')),
    e.description && h('p', null, bdi(e.description)),
    e.aliases.length > 0 && h('p', { class: 'hint' }, 'Also: ', join(e.aliases.map(bdi), ', ')),
    h('p', null, join([
      place && h('a', { href: address({ from: e.id }) }, 'routes from here'),
      e.type === 'Source' && h('a', { href: address({ query: claimsOf(e.id) }) }, 'what it claims'),
      h('a', { href: address({ query: conflictsOf(e.id) }) }, 'where sources disagree'),
      h('a', { href: address({ query: timelineOf(e.id) }) }, 'timeline'),
    ].filter(Boolean), ' · ')),
    section('Facts', facts), section('Mentioned by', about)));
  say(`${plural(total(facts), 'claim')} about it, ${total(about).toLocaleString('en')} that lead to it.`);
}
