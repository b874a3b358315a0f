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
const kept = ['asOf', 'knownAt', 'minConfidence', 'sources'] as const;
export const asOf = param('asOf');

export interface View { asOf?: string; knownAt?: string; minConfidence?: number; sources?: string[] }

export function view(): View {
  const v: View = {};
  if (asOf) v.asOf = asOf;
  if (param('knownAt')) v.knownAt = param('knownAt');
  if (param('minConfidence')) v.minConfidence = Number(param('minConfidence'));
  if (param('sources')) v.sources = list('sources');
  return v;
}

type Values = Record<string, string | number | undefined | null | false>;

function query(p: URLSearchParams) {
  const text = p.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text ? `?${text}` : '';
}

function set(p: URLSearchParams, values: Values) {
  for (const [name, v] of Object.entries(values)) {
    if (v || v === 0) p.set(name, String(v));
    else p.delete(name);
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

/** The list with x, or without it if it has it. */
export const toggled = <T>(all: T[], x: T) => (all.includes(x) ? all.filter((y) => y !== x) : [...all, x]);

export const entityAddress = (id: string, values: Values = {}) => address(`/e/${encodeURIComponent(id)}`, values);
