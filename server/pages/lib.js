// Shared by the modules of the start page: the address, elements, requests to the API.

export const params = new URLSearchParams(location.search);
export const asOf = (params.get('asOf') ?? '').trim();
export const $ = (id) => document.getElementById(id);

// h creates an element. Its content becomes text, never markup.
export function h(tag, attributes, ...inside) {
  const e = document.createElement(tag);
  for (const [name, v] of Object.entries(attributes ?? {})) {
    if (typeof v === 'function') e.addEventListener(name, v);
    else if (v != null && v !== false) e.setAttribute(name, v === true ? '' : v);
  }
  e.append(...inside.flat(9).filter((x) => x != null && x !== false && x !== ''));
  return e;
}

// join puts a separator between items.
export const join = (list, by) => list.flatMap((x, i) => (i ? [by, x] : [x]));

// split turns a name of the API into words: importsFrom, WaterBody, MINE_PRODUCTION.
export const split = (name) => name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();

export const plural = (n, one) => `${n.toLocaleString('en')} ${n === 1 ? one : one.replace(/y$/, 'ie') + 's'}`;

// address returns the address of a view of the page; it keeps the date.
export function address(p) {
  return '/?' + new URLSearchParams(Object.entries({ asOf, ...p }).filter(([, v]) => v));
}

export const go = (p) => location.assign(address(p));

// bdi isolates a text of a source, so that its direction of writing does not disturb what is around it.
export const bdi = (text) => h('bdi', null, text);
export const entity = (e, name = e.name) => h('a', { href: address({ id: e.id }) }, bdi(name));

// outside renders a link to another site. Other texts, even javascript:, stay plain text.
export function outside(url, text = url) {
  return /^https?:\/\//i.test(url) ? h('a', { href: url, rel: 'noopener noreferrer' }, text) : bdi(text);
}

export const say = (text) => { $('status').textContent = text; };
export const nothing = (text, near) => `Nothing has the name “${text}”${asOf && ' as of ' + asOf}. ${near ? 'Did you mean:' : 'Try fewer letters.'}`;

// request uses GET, which cannot change anything, because addresses with queries may come
// from anyone. It returns the body with its errors.
export async function request(query, variables, signal) {
  const get = new URLSearchParams({ query, variables: JSON.stringify({ view: asOf ? { asOf } : {}, ...variables }) });
  try {
    const res = await fetch('/graphql?' + get, { headers: { accept: 'application/graphql-response+json' }, signal });
    return await res.json();
  } catch (e) {
    return { errors: [{ message: `The service did not answer (${e.message}). Is it still running?` }] };
  }
}

// ask is request for callers that need a complete answer: it throws the errors.
export async function ask(...a) {
  const body = await request(...a);
  if (body.errors) throw body;
  return body.data;
}

// complain shows errors next to the field that they concern, or else in the view.
export function complain(e, place = $('view')) {
  say('');
  for (const { message } of e.errors ?? [e]) {
    const date = /got invalid value .* at "view\.asOf"; (.*)$/s.exec(message);
    if (date) $('shown').textContent = 'Nothing is shown until the date is valid.';
    const [, name, words] = date ? [, 'asOf', date[1]] : /^(\w+): (.*)$/s.exec(message) ?? [];
    if (name && $(name + '-error')) wrong(name, words);
    else place.append(h('p', { class: 'error', role: 'alert' }, message));
  }
}

// wrong marks a field with an error; without words it removes the mark.
export function wrong(name, words) {
  $(name + '-error').textContent = words;
  if (words) $(name).setAttribute('aria-invalid', 'true');
  else $(name).removeAttribute('aria-invalid');
}
