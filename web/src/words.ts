// The words of the ontology, and how values are written for people.
import { wordsVersion } from './state';

export interface Word { name: string; label: string; kind?: string; unit?: string; time?: string; theme?: string; inverse?: Record<string, { label: string; theme?: string }>; symmetric?: boolean; order: number }
export interface Column { name: string; label: string; kind?: string; many?: boolean; inverse?: boolean }
export interface TypeWord { name: string; label: string; plural: string; fields: Column[] }

interface Text { fields: Word[]; qualifiers: Word[]; units: Record<string, string>; types: TypeWord[]; themes: string[] }

export const fields = new Map<string, Word>();
const qualifiers = new Map<string, Word>();
export const types = new Map<string, TypeWord>();
export let themes: string[] = [];
let units: Record<string, string> = {};

/** Settles once the words are here; without them the names themselves are shown. */
export const ready: Promise<void> = fetch(`/assets/ontology.json?v=${wordsVersion}`).then((r) => r.json()).then((o: Text) => {
  o.fields.forEach((f, order) => fields.set(f.name, { ...f, order }));
  for (const q of o.qualifiers) qualifiers.set(q.name, q);
  for (const t of o.types) types.set(t.name, t);
  ({ units, themes } = o);
}).catch(() => {});

/** Turns a name of the API into words: importsFrom, WaterBody, MINE_PRODUCTION. */
export const split = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether a predicate has figures: values that are observed again and again, as every year. */
export const isFigure = (predicate: string) => fields.get(predicate)?.time === 'OBSERVATION';

export const label = (predicate: string) => fields.get(predicate)?.label ?? split(predicate);
export const typeLabel = (type: string) => split(types.get(type)?.label ?? type);
export const qualifierWord = (name: string) => qualifiers.get(name);

/** A count, with its thousands apart. */
export const grouped = (n: number) => n.toLocaleString('en');

export const plural = (n: number, one: string) => `${grouped(n)} ${n === 1 ? one : /s$/.test(one) ? one : one.replace(/([^aeo])y$/, '$1ie') + 's'}`;
export const percent = (x: number) => `${+(100 * x).toFixed(1)} %`;

const big: [number, string][] = [[1e12, 'trillion'], [1e9, 'billion'], [1e6, 'million']];

/** A number as people read it; what is cut off is in its title where it is shown. */
export function number(x: number) {
  const size = Math.abs(x);
  for (const [n, word] of big) if (size >= n) return `${+(x / n).toPrecision(size / n >= 100 ? 4 : 3)} ${word}`;
  if (size >= 10000) return x.toLocaleString('en', { maximumFractionDigits: 0 });
  if (size >= 1000) return x.toLocaleString('en', { maximumSignificantDigits: 6 });
  return String(+x.toPrecision(6));
}

export const unit = (code: string) => units[code] ?? code;

const money = /^[$€£¥]$/;

/** A number that is written already, with its unit if it has one. */
export function withUnit(n: string, code?: string) {
  const u = code && unit(code);
  return u ? (money.test(u) ? u + n : `${n} ${u}`) : n;
}

/** Whether the values of a kind are numbers, perhaps with a unit. */
export const numeric = (kind?: string) => /^(Int|Long|Float|Quantity)$/.test(kind ?? '');

/** The number of a text and the code of its unit, which may have none; null if it is no number. */
export function amount(text: string): { n: number; code?: string } | null {
  const m = /^(-?[\d.]+(?:e[+-]?\d+)?)(?: (\S+))?$/.exec(text);
  return m && { n: Number(m[1]), code: m[2] };
}

/** A value that is a number with all its digits; null if it is no number. */
export function exactly(text: string, of?: string) {
  const a = amount(text);
  return a && withUnit(a.n.toLocaleString('en', { maximumSignificantDigits: 15 }), a.code ?? of);
}

/** The text of a value by the kind of its field and the unit of its plain numbers; null where it is plain text. */
export function written(text: string, kind?: string, name = '', of?: string): string | null {
  if (kind === 'Enum') return split(text);
  if (kind === 'Boolean') return text === 'true' ? 'yes' : 'no';
  if (kind === 'Float' && /share$/i.test(name)) return percent(Number(text));
  const a = numeric(kind) ? amount(text) : null;
  return a && withUnit(number(a.n), a.code ?? of);
}

/** The time for which a claim holds, in words. */
export function period(from: string | null, to: string | null) {
  if (from && from === to) return from;
  const end = to && to !== '..' ? to : '';
  if (from) return end ? `${from} – ${end}` : `since ${from}`;
  return end ? `until ${end}` : '';
}
