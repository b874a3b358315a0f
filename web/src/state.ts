// What the address says: the page, its parameters and the view.

const body = document.body.dataset;

export const params = new URLSearchParams(location.search);
export const page = body.page ?? 'home';
export const wordsVersion = body.words ?? '';
/** The entity that the page is about; empty on pages of none. */
export const subject = { id: body.id ?? '', type: body.type ?? '' };
export const counts = { entities: Number(body.entities), claims: Number(body.claims), sequence: Number(body.sequence) };

export const param = (name: string) => (params.get(name) ?? '').trim();
export const list = (name: string) => param(name).split(',').filter(Boolean);

// The parameters that every link keeps: what the view is.
const kept = ['asOf', 'during', 'knownAt', 'minConfidence', 'sources'] as const;
export const asOf = param('asOf');

export interface View { asOf?: string; during?: string; knownAt?: string; minConfidence?: number; sources?: string[] }

export function view(): View {
  const v: View = {};
  if (param('during')) v.during = param('during');
  else if (asOf) v.asOf = asOf;
  if (param('knownAt')) v.knownAt = param('knownAt');
  if (param('minConfidence')) v.minConfidence = Number(param('minConfidence'));
  if (param('sources')) v.sources = list('sources');
  return v;
}

type Values = Record<string, string | number | string[] | undefined | null | false>;

function query(p: URLSearchParams) {
  const text = p.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text ? `?${text}` : '';
}

function set(p: URLSearchParams, values: Values) {
  for (const [name, v] of Object.entries(values)) {
    p.delete(name);
    if (Array.isArray(v)) for (const x of v) p.append(name, x);
    else if (v || v === 0) p.set(name, String(v));
  }
  return p;
}

/** The address of a page in the same view. */
export function address(path: string, values: Values = {}) {
  const p = new URLSearchParams();
  for (const name of kept) if (param(name)) p.set(name, param(name));
  return path + query(set(p, values));
}

/** The address of this page with other values. */
export function here(values: Values) {
  return location.pathname + query(set(new URLSearchParams(params), values));
}

// The control of the date sends the parameters of the address again, which the service wrote into it.
function reread() {
  for (const name of [...params.keys()]) params.delete(name);
  for (const [name, v] of new URLSearchParams(location.search)) params.append(name, v);
  const form = document.querySelector<HTMLFormElement>('form.date');
  if (!form) return;
  form.querySelectorAll('input[type=hidden]').forEach((e) => e.remove());
  const shown = new Set([...form.querySelectorAll<HTMLInputElement>('[name]')].map((e) => e.name));
  for (const [name, value] of params) if (!shown.has(name) && name !== 'after') form.prepend(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
}
addEventListener('popstate', reread);

/** Goes to the address of this page with other values, without loading it again. */
export function push(values: Values) {
  history.pushState(null, '', here(values));
  reread();
}

/** The list with x, or without it if it has it. */
export const toggled = <T>(all: T[], x: T) => (all.includes(x) ? all.filter((y) => y !== x) : [...all, x]);

export const entityAddress = (id: string, values: Values = {}) => address(`/e/${encodeURIComponent(id)}`, values);
