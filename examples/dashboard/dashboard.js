// A page that follows the graph by live queries, without a library: docs/dashboards.md explains them.
const service = document.querySelector('meta[name=caspian]').content;
const get = (selector) => document.querySelector(selector);

// One query for the board and the map, because a browser opens at most six connections to a host, over all its tabs.
const CORRIDORS = `query Corridors @live {
  corridors(orderBy: [{ name: ASC }]) {
    nodes {
      id name status
      claims(predicate: "status") { nodes { chosen holds validFrom source { name } } }
      segments {
        nodes { id status from { name coordinates { longitude latitude } } to { name coordinates { longitude latitude } } }
      }
    }
  }
}`;
// A variable instead of an id in the text: all who ask about the same country share the answers.
const TRADE = `query Trade($of: ID!) @live {
  country(id: $of) {
    name
    latest: importsFrom(orderBy: [{ edge: { share: DESC } }], first: 5) { edges { from share node { id name } claim { source { name } } } }
    years: importsFrom(series: true, where: { edge: { resource: { isNull: true } } }) { edges { from share node { id } } }
  }
}`;
// Asked once and not followed; a list is filtered where it is, not here.
const COUNTRIES = '{ countries(where: { area: { unit: "km2", gte: 60000 } }) { nodes { name coordinates { longitude latitude } } } }';

/** Draws the data of a query now and whenever they change; returns a function that ends this. */
function follow(query, variables, draw) {
  const source = new EventSource(`${service}/graphql/stream?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`);
  source.addEventListener('next', (event) => {
    const { data, errors } = JSON.parse(event.data);
    say(errors?.map((e) => e.message).join('; '));
    if (data) draw(data); // each answer is whole; after an error without data, the last one stays
  });
  source.addEventListener('complete', () => source.close()); // else EventSource would ask again
  // EventSource reconnects by itself after a loss, but not after a refusal.
  source.onerror = () => say(source.readyState === EventSource.CLOSED ? `${service} refuses the query; was it started with --origin ${location.origin}?`
    : `no connection to ${service}, trying again`);
  return () => source.close();
}

function say(trouble) {
  get('#state').textContent = trouble || `live, last change ${new Date().toLocaleTimeString()}`;
  get('#state').classList.toggle('bad', Boolean(trouble));
}

/** Makes an element. Texts of the graph become text nodes, never HTML. */
function make(name, attributes = {}, ...children) {
  const svg = ['path', 'line', 'circle', 'text', 'title', 'g'].includes(name);
  const e = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) e.setAttribute(key, value);
  e.append(...children.filter((child) => child != null));
  return e;
}

const KINDS = {
  open: ['OPERATIONAL', 'SEASONAL', 'IN_FORCE'], hindered: ['DEGRADED', 'DISRUPTED'],
  planned: ['PLANNED', 'UNDER_CONSTRUCTION', 'ANNOUNCED', 'POSTPONED', 'SHELVED'],
  unknown: ['UNKNOWN', null], // null: no source states it
};
const kindOf = (status) => Object.keys(KINDS).find((kind) => KINDS[kind].includes(status)) ?? 'shut';
const words = (status) => (status ?? 'not stated').toLowerCase().replaceAll('_', ' ');

let corridors = [], chosen = null, countries = [];

function drawBoard() {
  const rows = corridors.map((c) => {
    const claim = c.claims.nodes.find((claim) => claim.chosen);
    const button = make('button', { 'data-id': c.id, 'aria-pressed': c.id === chosen, title: claim && `${claim.source.name}${claim.holds === 'POSSIBLY' ? ' (may still hold)' : ''}` },
      make('span', { class: 'name' }, c.name), claim?.validFrom && make('span', { class: 'since' }, `since ${claim.validFrom}`),
      make('span', { class: `status ${kindOf(c.status)}` }, words(c.status)));
    button.onclick = () => { chosen = c.id === chosen ? null : c.id; drawCorridors(); };
    return make('li', {}, button);
  });
  const focused = document.activeElement?.dataset.id;
  get('#board ul').replaceChildren(...rows);
  if (focused) get(`#board [data-id="${CSS.escape(focused)}"]`)?.focus(); // also after an answer that came meanwhile
}

const WEST = 22, EAST = 88, SOUTH = 25, NORTH = 59, SCALE = 11, SQUEEZE = Math.cos(42 * Math.PI / 180);
const x = (p) => (p.longitude - WEST) * SQUEEZE * SCALE;
const y = (p) => (NORTH - p.latitude) * SCALE;
const shown = (p, margin = 0) => p && p.longitude > WEST + margin && p.longitude < EAST - margin && p.latitude > SOUTH && p.latitude < NORTH - margin;

function drawMap() {
  const grid = [];
  for (let longitude = 30; longitude < EAST; longitude += 10) grid.push(`M${x({ longitude })} 0V${y({ latitude: SOUTH })}`);
  for (let latitude = 30; latitude < NORTH; latitude += 10) grid.push(`M0 ${y({ latitude })}H${x({ longitude: EAST })}`);
  const names = countries.filter((c) => shown(c.coordinates, 3)).map((c) => make('text', { x: x(c.coordinates), y: y(c.coordinates) }, c.name.toUpperCase()));
  // Legs to far ports would cross the map as straight lines over land.
  const legsOf = (c) => c.segments.nodes.filter((s) => shown(s.from?.coordinates) && shown(s.to?.coordinates)).map((s) => {
    const [a, b] = [s.from.coordinates, s.to.coordinates];
    return make('line', { class: `leg ${kindOf(s.status)}`, x1: x(a), y1: y(a), x2: x(b), y2: y(b) },
      make('title', {}, `${c.name}: ${s.from.name} – ${s.to.name}, ${words(s.status)}`));
  });
  const others = make('g', { class: 'others' }, ...corridors.filter((c) => c.id !== chosen).flatMap(legsOf));
  const front = make('g', { class: 'front' }, ...corridors.filter((c) => c.id === chosen).flatMap(legsOf));
  get('#map svg').setAttribute('viewBox', `0 0 ${x({ longitude: EAST })} ${y({ latitude: SOUTH })}`);
  get('#map svg').replaceChildren(make('path', { class: 'grid', d: grid.join('') }), others, ...names, front);
  get('#map').classList.toggle('chosen', chosen !== null);
}

function drawCorridors() {
  drawBoard();
  drawMap();
}

const percent = (share) => `${+(share * 100).toFixed(1)} %`;

function drawTrade({ country }) {
  const partners = (country?.latest.edges ?? []).filter((e) => e.share !== null);
  get('#table tbody').replaceChildren(...partners.map((e, i) => make('tr', {}, make('td', {}, e.node.name), make('td', {}, e.from),
    make('td', { class: `number c${i}`, style: `--share: ${e.share}` }, percent(e.share)), make('td', { class: 'source' }, e.claim.source.name))));
  drawSeries(partners, country?.years.edges ?? []);
}

function drawSeries(partners, years) {
  const points = years.filter((e) => e.share !== null && e.from).map((e) => ({ id: e.node.id, year: +e.from.slice(0, 4), share: e.share }));
  const mine = partners.map((p) => points.filter((q) => q.id === p.node.id).sort((a, b) => a.year - b.year));
  const all = mine.flat();
  const first = Math.min(...all.map((p) => p.year)), last = Math.max(...all.map((p) => p.year));
  const top = Math.ceil(Math.max(.1, ...all.map((p) => p.share)) * 10) / 10;
  const across = (year) => 40 + 470 * (year - first) / Math.max(1, last - first), up = (share) => 240 - 220 * share / top;
  const parts = [];
  for (let share = 0; share <= top + .001; share += .1) {
    parts.push(make('path', { class: 'grid', d: `M40 ${up(share)}H510` }), make('text', { x: 0, y: up(share) + 4 }, percent(share)));
  }
  for (let year = Math.ceil(first / 5) * 5; year <= last; year += 5) parts.push(make('text', { x: across(year) - 13, y: 262 }, year));
  let above = -Infinity; // the names at the ends must not overlap
  for (const [i, line] of [...mine.entries()].sort(([, a], [, b]) => (b.at(-1)?.share ?? 0) - (a.at(-1)?.share ?? 0))) {
    if (!line.length) continue;
    const step = (from, to) => make('path', { class: to.year - from.year > 1 ? 'gap' : undefined, d: `M${across(from.year)} ${up(from.share)}L${across(to.year)} ${up(to.share)}` });
    above = Math.max(above + 14, up(line.at(-1).share) + 4);
    parts.push(make('g', { class: `c${i}` }, ...line.slice(1).map((p, k) => step(line[k], p)), // dotted where no source states the years between
      ...line.map((p) => make('circle', { cx: across(p.year), cy: up(p.share), r: 2.6 }, make('title', {}, `${partners[i].node.name} ${p.year}: ${percent(p.share)}`))),
      make('text', { class: 'name', x: 518, y: above }, partners[i].node.name)));
  }
  get('#series svg').setAttribute('viewBox', '0 0 640 270');
  get('#series svg').replaceChildren(...(all.length ? parts : []));
}

fetch(`${service}/graphql?${new URLSearchParams({ query: COUNTRIES })}`).then((answer) => answer.json()).then(({ data }) => {
  countries = data?.countries.nodes ?? [];
  drawMap();
}, () => {}); // the streams say what is wrong
follow(CORRIDORS, {}, (data) => { corridors = data.corridors.nodes; drawCorridors(); });

const select = get('#table select');
let end = () => {};
function choose() {
  end();
  history.replaceState(null, '', `?of=${select.value}`);
  end = follow(TRADE, { of: select.value }, drawTrade);
}
select.value = new URLSearchParams(location.search).get('of') ?? 'KAZ';
if (!select.value) select.value = 'KAZ';
select.onchange = choose;
choose();
