// Rendering of values and claims.
import { bdi, entity, h, join, outside, plural, split } from './lib.js';

// The labels of the ontology. Without them, the names themselves are shown.
export const words = { fields: {}, qualifiers: {}, units: {} };
export const ready = fetch('/assets/ontology.json').then((r) => r.json()).then((o) => {
  o.fields.forEach((f, order) => { words.fields[f.name] = { ...f, order }; });
  for (const q of o.qualifiers) words.qualifiers[q.name] = q;
  words.units = o.units;
}, () => {});

export const label = (predicate) => words.fields[predicate]?.label ?? split(predicate);
export const percent = (x) => +(100 * x).toFixed(1) + ' %';
export const number = (x) => (Math.abs(x) < 10000 && Math.abs(x) >= 1e-6 ? String(+x) : Number(x).toLocaleString('en', { maximumSignificantDigits: 15 }));

function literal(text, name, kind) {
  if (kind === 'Enum') return split(text);
  if (kind === 'Float' && /share$/i.test(name)) return percent(text);
  const m = /^(Int|Long|Float|Quantity)$/.test(kind) && /^(-?[\d.]+(?:e[+-]?\d+)?)(?: (\S+))?$/.exec(text);
  if (m) return number(m[1]) + (m[2] ? ' ' + (words.units[m[2]] ?? m[2]) : '');
  return outside(text);
}

const value = ({ other, ...c }) => (c.object ? entity(other ?? c.object) : c.value != null && literal(c.value, c.predicate, words.fields[c.predicate]?.kind));

function qualifier(q) {
  const known = words.qualifiers[q.name], name = known?.label ?? split(q.name);
  return q.value === 'true' ? name : [name, ' ', q.object ? entity(q.object) : literal(q.value, q.name, known?.kind)];
}

// period returns the valid time in words.
export function period({ validFrom: from, validTo: to }) {
  if (from && from === to) return from;
  const end = to && to !== '..' && to;
  return from ? (end ? `${from} to ${end}` : `since ${from}`) : end && `until ${end}`;
}

// said is what claims have in common that agree: all but who says it, and for when.
export const said = (c) => JSON.stringify([c.value, c.object?.id, c.qualifiers?.map((q) => [q.name, q.value, q.object?.id])]);

// far says how far from the date the nearest evidence of what may hold is.
const far = ({ holds, distance }) => holds === 'POSSIBLY' && distance > 365 && `attested ${plural(Math.round(distance / 365.25), 'year')} away`;

const holds = { YES: 'holds', POSSIBLY: 'may hold', NO: 'does not hold' };

function source(s, locator) {
  return [s.id ? entity(s) : bdi(s.name), s.url && [' ', outside(s.url, /\/\/([^/]*)/.exec(s.url)?.[1])],
    locator && [', ', bdi(locator)], s.date && ` (${s.date})`];
}

// fields has the fields that claim shows.
export const fields = `predicate value object { id name } qualifiers { name value object { id name } }
  source { id name url date } locator confidence attribution attributedTo rank validFrom validTo
  holds distance original note contradicts { predicate value object { id } qualifiers { name value object { id } } }`;

// claim renders claims of the same content, after lead; fields not selected are left out.
export function claim([c, ...same], ...lead) {
  return h('li', { class: 'claim' },
    h('div', null, lead, value(c),
      c.qualifiers?.length > 0 && h('span', { class: 'hint' }, ' (', join(c.qualifiers.map(qualifier), '; '), ')'),
      [c, ...same].some((x) => x.contradicts?.some((o) => o.predicate === x.predicate && said(o) !== said(x))) && h('span', { class: 'mark' }, 'disputed'),
      c.rank === 'DEPRECATED' && h('span', { class: 'mark' }, 'deprecated')),
    h('div', { class: 'hint' }, [c, ...same].map((c) => h('div', null, join([
      period(c), holds[c.holds], far(c), c.confidence != null && 'confidence ' + c.confidence,
      c.source && source(c.source, c.locator), c.original && ['there “', bdi(c.original), '”'],
      c.attributedTo && [`${split(c.attribution ?? 'said')} by `, bdi(c.attributedTo)], c.note && bdi(c.note),
    ].filter(Boolean), ' · ')))));
}

// statement renders a claim with its subject and predicate.
export const statement = (c) => claim([c], c.subject && [entity(c.subject), ' '], c.predicate && label(c.predicate) + ' ');
export const statements = (claims) => h('ul', { class: 'claims' }, claims.map(statement));

// evidence renders claims folded under their number.
export const evidence = (claims) => claims.length > 0 && h('details', null, h('summary', null, plural(claims.length, 'claim')), statements(claims));
