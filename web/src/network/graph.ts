// The network that a page shows: read entity by entity, narrowed by the choices in the address.
import { askEach, bothSides, byPredicate, type BothSides, type ByPredicate, type Entity } from '../api';
import { fields, isFigure } from '../words';

export interface Link {
  id: string; predicate: string; holds: string; confidence: number; validFrom: string | null; validTo: string | null;
  subject: Entity; object: Entity | null; source: Entity;
}

/** What was read around an entity: how many claims of each relation there are, which relations were chosen, and their claims. */
export interface Around { id: string; counts: Map<string, number>; relations: string[]; links: Link[]; total: number }

export interface Node { id: string; name: string; type: string; x: number; y: number; placed: boolean; pinned: boolean; main: boolean; degree: number }
export interface Edge { from: Node; to: Node; relation: string; claims: Set<string>; sources: Set<string>; unsure: boolean; path: boolean; since: string | null; until: string | null }
export interface Graph { nodes: Node[]; edges: Edge[] }

/** More claims than this are drawn by choice only. */
export const most = 40;
// More claims than this are not drawn at all.
const limit = 5000;

export const sum = (counts: Map<string, number>, of: Iterable<string> = counts.keys()) => [...of].reduce((n, r) => n + (counts.get(r) ?? 0), 0);

/** The relations that fit, the smallest first, what is stated once before what is observed every year. */
export function fitting(counts: Map<string, number>, room = most) {
  const chosen: string[] = [];
  let n = 0;
  for (const [key, count] of [...counts].sort((a, b) => Number(isFigure(a[0])) - Number(isFigure(b[0])) || a[1] - b[1])) {
    if (n > 0 && n + count > room) continue;
    chosen.push(key);
    n += count;
  }
  return chosen;
}

const sides = <T,>(of: BothSides<T> | null) => (of ? [of.claims, of.about] : []);

/** Counts the relations of each entity, from both of their ends. */
export async function countsOf(ids: string[], signal?: AbortSignal): Promise<Map<string, number>[]> {
  return (await askEach<BothSides<ByPredicate>>(ids, () => bothSides(byPredicate), signal)).map((e) => {
    const counts = new Map<string, number>();
    for (const { key, count } of sides(e).flatMap((side) => side.aggregate.groups)) if (!fields.get(key)?.kind) counts.set(key, (counts.get(key) ?? 0) + count);
    return counts;
  });
}

const linkFields = 'id predicate holds confidence validFrom validTo subject { id name type } object { id name type } source { id name }';

/** Reads the claims around entities, by the relations that were chosen, else by those that fit. */
export async function read(ids: string[], chosen: Map<string, string[]>, signal?: AbortSignal): Promise<Around[]> {
  if (ids.length === 0) return [];
  const counts = await countsOf(ids, signal), relations = ids.map((id, i) => chosen.get(id) ?? fitting(counts[i]!, most * 1.5));
  const first = Math.max(1, Math.floor(limit / ids.length));
  const of = await askEach<BothSides<{ nodes: Link[] }>>(ids, (i) => bothSides(`(where: { predicate: { in: $r${i} } }, first: ${first}) { nodes { ${linkFields} } }`), signal,
    { types: ids.map((_, i) => `$r${i}: [String!], `).join(''), variables: Object.fromEntries(ids.map((_, i) => [`r${i}`, relations[i]])) });
  return ids.map((id, i) => ({ id, counts: counts[i]!, relations: relations[i]!, links: sides(of[i] ?? null).flatMap((side) => side.nodes), total: sum(counts[i]!, relations[i]) }));
}

/** What narrows a network: what is hidden, and what a claim must have. */
export interface Narrow { hidden: Set<string>; noTypes: Set<string>; noRelations: Set<string>; confidence: number; source: string }

const keyOf = (e: Pick<Edge, 'relation'> & { from: { id: string }; to: { id: string } }) => {
  const ends = [e.from.id, e.to.id];
  if (fields.get(e.relation)?.symmetric) ends.sort();
  return [e.relation, ...ends].join('\n');
};

/** Joins claims to the links of a network. Nodes that were there before keep their places. */
export function graphOf(links: Iterable<Link>, opened: Entity[], narrow: Narrow, before: Map<string, Node>, path: Link[] = []): Graph {
  const nodes = new Map<string, Node>(), edges = new Map<string, Edge>(), main = new Set(opened.map((e) => e.id));
  const kept = (e: Entity) => !narrow.hidden.has(e.id) && (main.has(e.id) || !narrow.noTypes.has(e.type ?? ''));
  const add = (e: Entity, near?: Node) => {
    let n = nodes.get(e.id);
    if (n) return n;
    const at = nodes.size * 2.4, old = before.get(e.id), round = 20 + 6 * Math.sqrt(nodes.size);
    n = old ?? { id: e.id, name: e.name, type: e.type ?? '', x: (near?.x ?? 0) + Math.cos(at) * round, y: (near?.y ?? 0) + Math.sin(at) * round, placed: false, pinned: false, main: false, degree: 0 };
    Object.assign(n, { name: e.name, main: main.has(e.id), degree: 0 });
    nodes.set(e.id, n);
    before.set(e.id, n);
    return n;
  };
  const join = (l: Link, onPath: boolean) => {
    if (!l.object || l.object.id === l.subject.id || l.holds === 'NO') return;
    if (!onPath && (!kept(l.subject) || !kept(l.object) || narrow.noRelations.has(l.predicate) || l.confidence < narrow.confidence || (narrow.source && l.source.id !== narrow.source))) return;
    const key = keyOf({ relation: l.predicate, from: l.subject, to: l.object });
    const known = edges.get(key);
    if (known) {
      known.unsure &&= l.holds !== 'YES';
      known.path ||= onPath;
      known.claims.add(l.id);
      known.sources.add(l.source.id);
      return;
    }
    const first = main.has(l.object.id) || before.get(l.object.id)?.placed ? l.object : l.subject, a = add(first), b = add(first === l.object ? l.subject : l.object, a);
    const [from, to] = first === l.subject ? [a, b] : [b, a];
    edges.set(key, { from, to, relation: l.predicate, claims: new Set([l.id]), sources: new Set([l.source.id]), unsure: l.holds !== 'YES', path: onPath, since: l.validFrom, until: l.validTo });
  };
  for (const e of opened) if (kept(e)) add(e);
  for (const l of path) join(l, true);
  for (const l of links) join(l, false);
  for (const e of edges.values()) { e.from.degree++; e.to.degree++; }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
