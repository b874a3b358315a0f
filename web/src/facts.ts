// Reading the claims of an entity: counted by the server, read by predicate.
import { ask, bothSides, byPredicate, claimFields, type BothSides, type ByPredicate, type Claim } from './api';
import { lines, type Line } from './claims';
import { fields, isFigure, label } from './words';

export interface Part { side: 'claims' | 'about'; predicate: string; count: number; after: string | null; read: Claim[] }

/** The claims of one label: both directions of a relation that is the same from both. */
export interface Group { title: string; theme: string; order: number; parts: Part[]; count: number; id: string }

interface Overview extends BothSides<ByPredicate> { type: string; aliases: string[] }

// The heading of a page has these already.
const shownAbove = new Set(['description']);

export async function overview(id: string, signal?: AbortSignal) {
  const { entity } = await ask<{ entity: Overview | null }>(`query ($id: ID!, $view: View) { entity(id: $id, view: $view) {
    type aliases ${bothSides(byPredicate)}
  } }`, { id }, signal);
  return entity && { ...entity, groups: groupsOf(entity) };
}

function groupsOf(e: Overview): Group[] {
  const groups = new Map<string, Group>();
  for (const side of ['claims', 'about'] as const) {
    for (const { key: predicate, count } of e[side].aggregate.groups) {
      const word = fields.get(predicate);
      if (side === 'claims' && shownAbove.has(predicate)) continue;
      const back = side === 'about' && !word?.symmetric ? word?.inverse?.[e.type] ?? word?.inverse?.[''] : undefined;
      const title = back?.label ?? (side === 'about' && !word?.symmetric ? `named under “${label(predicate)}” by` : label(predicate));
      const theme = back ? back.theme ?? '' : word?.theme ?? '';
      const group = groups.get(title) ?? { title, theme, order: word?.order ?? 1e4, parts: [], count: 0, id: back || (side === 'about' && !word?.symmetric) ? `${predicate}-of` : predicate };
      group.parts.push({ side, predicate, count, after: null, read: [] });
      group.count += count;
      groups.set(title, group);
    }
  }
  return [...groups.values()].sort((a, b) => a.order - b.order);
}

const order = '[{ rank: DESC }, { holds: DESC }, { distance: ASC }, { confidence: DESC }]';
// Figures of many years: the latest first.
const latest = '[{ rank: DESC }, { validFrom: DESC }, { confidence: DESC }]';

// Lists of up to this length are read as a whole, so that each of their values has its line.
const whole = 24;

/** Reads the next claims of parts, the best first. */
export async function read(id: string, parts: Part[], first: number, signal?: AbortSignal) {
  const { entity } = await ask<{ entity: Record<string, { nodes: Claim[]; pageInfo: { hasNextPage: boolean; endCursor: string } }> }>(
    `query ($id: ID!, $view: View) { entity(id: $id, view: $view) { ${parts.map((p, i) => `
      p${i}: ${p.side}(predicate: "${p.predicate}", first: ${p.count <= whole ? whole : first}, after: ${JSON.stringify(p.after)}, orderBy: ${isFigure(p.predicate) ? latest : order}) {
        pageInfo { hasNextPage endCursor } nodes { ...C } }`).join('')} } } ${claimFields}`, { id }, signal);
  parts.forEach((p, i) => {
    const { nodes, pageInfo } = entity[`p${i}`]!;
    p.read.push(...nodes);
    p.after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  });
}

export const linesOf = (g: Group): Line[] => lines(g.parts.flatMap((p) => p.read.map((claim) => ({ claim, inverse: p.side === 'about' }))));
