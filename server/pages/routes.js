// Routes with their evidence.
import { $, ask, bdi, entity, h, join, plural, say, split } from './lib.js';
import { evidence, fields, number, percent, period, ready, statements } from './claim.js';

const query = `query ($from: ID!, $to: ID!, $avoid: [ID!], $via: [ID!], $network: RouteNetwork, $rank: RouteRank, $view: View) {
  routes(from: $from, to: $to, avoid: $avoid, via: $via, network: $network, rank: $rank, first: 5, view: $view) {
    partial note routes { ...R } blocked { release { id name } opens { ...R } }
    nearest { barredBy { id name } leg { from { id name } to { id name } mode status } }
  }
}
fragment R on Route {
  nodes { name } countries { id name } waters { id name } borders distanceKm distanceKnown estimatedKm avoidance certainty
  weakest { ...C }
  legs { from { id name } to { id name } mode status distanceKm transits { id name } transitsComplete claims { ...C } }
}
fragment C on Claim { subject { id name } ${fields} }`;

const entities = (list, by = ', ') => join(list.map((e) => entity(e)), by);
const km = (x) => `${number(Math.round(x))} km`;
const mark = (text, kind) => h('span', { class: `mark ${kind}` }, text);

const leg = (l) => h('li', null, entity(l.from), ' → ', entity(l.to), mark(split(l.mode), 'quiet'),
  mark(split(l.status), l.status === 'OPERATIONAL' ? 'good' : ''),
  h('span', { class: 'hint' }, l.claims.filter((c) => c.predicate === 'status').map((c) => `${period(c) || 'undated'}, `), l.distanceKm == null ? 'length not stated' : km(l.distanceKm),
    ', through ', entities(l.transits), !l.transitsComplete && ' and perhaps more'),
  evidence(l.claims));

function route(r, title, head) {
  const sure = r.avoidance === 'VERIFIED';
  return h('article', { class: 'route' },
    h(head, null, title, join(r.nodes.map((n) => bdi(n.name)), ' → ')),
    h('p', null, entities(r.countries, ' → '), r.waters.length > 0 && [', across ', entities(r.waters)]),
    h('p', { class: 'hint' }, mark(sure ? 'verified' : 'not verified', sure ? 'good' : ''),
      sure ? 'all countries and waters on the way are stated' : 'a leg may touch more than is stated',
      ` · ${plural(r.legs.length, 'leg')} · ${plural(r.borders, 'border')} · `,
      r.distanceKm == null ? `about ${km(r.estimatedKm)}, ${r.distanceKnown ? `stated for ${percent(r.distanceKnown)} of the legs` : 'stated for none of the legs'}` : km(r.distanceKm),
      ` · certainty ${r.certainty.toFixed(2)}`),
    h('ol', { class: 'legs' }, r.legs.map(leg)),
    r.weakest && h('div', { class: 'hint' }, 'Its weakest claim:', statements([r.weakest])));
}

const item = (...inside) => h('li', null, ...inside);
const titled = (title, items) => items.length > 0 && [h('h2', null, title), h('ul', null, items)];

export async function show(variables) {
  say('Searching …');
  document.title = 'Routes · Caspian';
  const [{ routes: { routes, partial, note, blocked, nearest } }] = await Promise.all([ask(query, variables), ready]);
  $('view').append(h('div', null,
    partial && h('p', { class: 'error' }, 'The search was cut short: there may be more.'),
    routes.map((r, i) => route(r, `${i + 1}. `, 'h2')),
    !routes.length && h('p', { class: 'error' }, `There is no route: ${note}.`),
    titled('What would open a route', blocked.map((b) => item('Release ', entities(b.release),
      b.opens && [': ', entities(b.opens.countries, ' → '), h('details', null, h('summary', null, 'the route it opens'), route(b.opens, '', 'h3'))]))),
    titled('The nearest barred legs', nearest.map(({ leg: l, barredBy }) => item(entity(l.from), ' → ', entity(l.to),
      ` (${split(l.mode)}, ${split(l.status)}), barred by `, entities(barredBy))))));
  say(routes.length ? `${plural(routes.length, 'route')}, the best first.` : 'No route.');
}
