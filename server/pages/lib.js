// What the modules of the first page share: the address, elements, questions to the API.

export const params = new URLSearchParams(location.search);
export const asOf = (params.get('asOf') ?? '').trim();
export const $ = (id) => document.getElementById(id);

// h makes an element. What is inside becomes text, never markup, whatever it holds.
export function h(tag, attributes, ...inside) {
  const e = document.createElement(tag);
  for (const [name, v] of Object.entries(attributes ?? {})) {
    if (typeof v === 'function') e.addEventListener(name, v);
    else if (v != null && v !== false) e.setAttribute(name, v === true ? '' : v);
  }
  e.append(...inside.flat(9).filter((x) => x != null && x !== false && x !== ''));
  return e;
}

// join puts a separator between things.
export const join = (list, by) => list.flatMap((x, i) => (i ? [by, x] : [x]));

// split writes a name of the API as words: importsFrom, WaterBody, MINE_PRODUCTION.
export const split = (name) => name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();

export const plural = (n, one) => `${n.toLocaleString('en')} ${n === 1 ? one : one.replace(/y$/, 'ie') + 's'}`;

// address is a link within the page; it keeps the date.
export function address(p) {
  return '/?' + new URLSearchParams(Object.entries({ asOf, ...p }).filter(([, v]) => v));
}

export const go = (p) => location.assign(address(p));
export const entity = (e, name = e.name) => h('a', { href: address({ id: e.id }) }, name);

// outside is a link to a page elsewhere, or plain text. Only the web's own addresses become
// links: a source may hold any text, javascript: included.
export function outside(url, text = url) {
  return /^https?:\/\//i.test(url) ? h('a', { href: url, rel: 'noopener noreferrer' }, text) : text;
}

export const say = (text) => { $('status').textContent = text; };

// request asks by GET, which can change nothing, whatever the query says: addresses with
// queries come from anywhere. It returns the body, errors and all.
export async function request(query, variables, signal) {
  const get = new URLSearchParams({ query, variables: JSON.stringify({ view: asOf ? { asOf } : {}, ...variables }) });
  try {
    const res = await fetch('/graphql?' + get, { headers: { accept: 'application/graphql-response+json' }, signal });
    return await res.json();
  } catch (e) {
    return { errors: [{ message: `The service did not answer (${e.message}). Is it still running?` }] };
  }
}

// ask is request for who can do nothing with half an answer.
export async function ask(...a) {
  const body = await request(...a);
  if (body.errors) throw body;
  return body.data;
}

// complain shows what was refused as sentences, beside the field that they speak of where
// there is one, else in the view.
export function complain(e, place = $('view')) {
  say('');
  for (const { message } of e.errors ?? [e]) {
    const date = /got invalid value .* at "view\.asOf"; (.*)$/s.exec(message);
    if (date) $('shown').textContent = 'Nothing is shown until the date is right.';
    const [, name, words] = date ? [, 'asOf', date[1]] : /^(\w+): (.*)$/s.exec(message) ?? [];
    if (name && $(name + '-error')) wrong(name, words);
    else place.append(h('p', { class: 'error', role: 'alert' }, message));
  }
}

// wrong marks a field with what is wrong in it; no words take the mark away.
export function wrong(name, words) {
  $(name + '-error').textContent = words;
  if (words) $(name).setAttribute('aria-invalid', 'true');
  else $(name).removeAttribute('aria-invalid');
}
