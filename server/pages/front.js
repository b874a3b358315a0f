// The start page shows what its address selects. Each result has an address, so that
// users can send links, and the browser's back button works.
import { $, address, ask, asOf, bdi, complain, entity, go, h, nothing, params, plural, say } from './lib.js';
import { about, combobox, match, name } from './combobox.js';

const here = Object.fromEntries(params);

function header() {
  const text = $('q'), date = $('asOf');
  text.value = params.get('q') ?? '';
  date.value = asOf;
  combobox(text, undefined, (e) => go({ id: e.id }));
  $('find').addEventListener('submit', (e) => { e.preventDefault(); if (text.value.trim()) go({ q: text.value.trim() }); });
  $('when').addEventListener('submit', (e) => { e.preventDefault(); go({ ...here, asOf: date.value.trim() }); });
  $('find').hidden = $('when').hidden = false;
  $('shown').append(`Shown as of ${asOf || 'today'}: what holds or may hold then. `);
  if (!asOf) return;
  $('shown').append(h('a', { href: address({ ...here, asOf: '' }) }, 'Back to today'));
  for (const a of document.querySelectorAll('header a:not([class=skip])')) a.href = address({}) + a.hash;
}

async function results() {
  const text = params.get('q'), list = h('ul', { class: 'results' });
  const more = h('button', { type: 'button', click: () => load().catch(complain) }, 'more');
  let after;
  async function load() {
    const { search } = await ask(`query ($text: String!, $after: String, $view: View) {
      search(text: $text, first: 30, after: $after, view: $view) {
        totalCount pageInfo { hasNextPage endCursor } edges { ...e } didYouMean { ...e }
      }
    }
    fragment e on SearchEdge { ${match} node { description } }`, { text, after });
    list.append(...[...search.edges, ...search.didYouMean].map((edge) => h('li', null, entity(edge.node, name(edge)), about(edge), h('div', { class: 'hint' }, bdi(edge.node.description ?? '')))));
    after = search.pageInfo.endCursor;
    more.hidden = !search.pageInfo.hasNextPage;
    say(search.totalCount ? `${list.children.length} of ${plural(search.totalCount, 'result')}` : nothing(text, list.children.length));
  }
  await load();
  $('view').append(list, more);
  document.title = `${text} · Caspian`;
}

header();
const page = $('main').dataset.page;
if (page === 'results') results().catch(complain);
if (page === 'entity') import('./entity.js').then((m) => m.show()).catch(complain);
if ($('routes')) import('./routeform.js').then((m) => m.start()).catch(complain);
if ($('ask')) import('./ask.js').then((m) => m.start()).catch(complain);
if (page === 'home') {
  ask('query ($view: View) { graph(view: $view) { asOf } }').catch(complain); // is the date valid?
  const { questions } = await import('./questions.js');
  $('questions').append(...questions.map(([question, query, , at]) => h('li', null, h('a', { href: address({ ...(at?.from ? {} : { query }), ...at }) }, question))));
}
