// How claims become lines: those that say the same thing together.
import type { Claim, Qualifier } from './api';
import { fields, isFigure, qualifierWord } from './words';

const parts = (of: Qualifier[]) => of.map((q) => [q.name, q.value, q.object?.id]);

/** What claims have in common that agree: all but who says it, and for when. */
export const said = (c: Pick<Claim, 'value' | 'object' | 'qualifiers'>) =>
  JSON.stringify([c.value, c.object?.id, parts(c.qualifiers)]);

/** A line of a page: one value with all the claims that support it, the best one first. */
export interface Line { key: string; claims: Claim[]; other: Claim['object'] }

// Figures and lengths differ by source and year: claims of one line are those about the same thing.
const about = (q: Qualifier) => q.object || ['String', 'Enum', 'Boolean'].includes(qualifierWord(q.name)?.kind ?? '');

function keyOf(c: Claim, inverse: boolean) {
  const word = fields.get(c.predicate);
  if (word?.kind) return isFigure(c.predicate) ? word.name : said(c);
  return JSON.stringify([inverse ? c.subject.id : c.object?.id, parts(c.qualifiers.filter(about))]);
}

const worth = (c: Claim) => 8 * Number(c.chosen) + 4 * Number(c.rank !== 'DEPRECATED') + 2 * Number(c.holds === 'YES');

/** The claims as lines; the list says from which side each was read. Apart: what differs at all has a separate line. */
export function lines(claims: { claim: Claim; inverse: boolean }[], apart = false): Line[] {
  const all = new Map<string, Line>();
  for (const { claim, inverse } of claims) {
    const key = apart ? said(claim) : keyOf(claim, inverse);
    const line = all.get(key);
    if (line) line.claims.push(claim);
    else all.set(key, { key, claims: [claim], other: inverse ? claim.subject : claim.object });
  }
  for (const line of all.values()) line.claims.sort((a, b) => worth(b) - worth(a) || (b.validFrom ?? '').localeCompare(a.validFrom ?? ''));
  return [...all.values()].sort((a, b) => worth(b.claims[0]!) - worth(a.claims[0]!));
}

/** How many sources support a line. */
export const sourcesOf = (claims: Claim[]) => new Set(claims.map((c) => c.source.id)).size;

/** Whether a claim contradicts what another says about the same. */
export const disputed = (claims: Claim[]) =>
  claims.some((c) => c.contradicts.some((o) => o.predicate === c.predicate && said(o) !== said(c)));
