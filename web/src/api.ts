// Requests to the service.
import { view } from './state';

export interface Fault { message: string; extensions?: { code?: string } }

/** What the service answered instead of data. */
export class Refusal extends Error {
  constructor(readonly faults: Fault[]) {
    super(faults.map((f) => f.message).join('\n'));
  }
}

// What this page asked, for those who want to ask it themselves, and what it was answered.
export const asked = new Map<string, object>();
export const answers = new Map<string, { variables: object; text: string }>();

// Longer addresses are refused by some proxies.
const longest = 7000;

/** The request as an address that reads only: GET never writes, and addresses may come from anyone. */
export function requestAddress(query: string, variables: object, path = '/graphql') {
  return `${path}?${new URLSearchParams({ query: query.replace(/\s+/g, ' ').trim(), variables: JSON.stringify(variables) })}`;
}

/** Sends a request, by GET unless it must be sent by POST. */
export function send(query: string, variables: object, post: boolean, signal?: AbortSignal) {
  const headers = { accept: 'application/graphql-response+json' };
  return post
    ? fetch('/graphql', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }), signal })
    : fetch(requestAddress(query, variables), { headers, signal });
}

/** Sends a request of the page, which only reads: by POST if its address would be too long. */
export const request = (query: string, variables: object, signal?: AbortSignal) => send(query, variables, requestAddress(query, variables).length >= longest, signal);

/** Asks in the view of the address. It throws a Refusal. */
export async function ask<T>(query: string, variables: object = {}, signal?: AbortSignal): Promise<T> {
  const all = { view: view(), ...variables };
  if (!signal?.aborted && !/\bsearch\(/.test(query)) asked.set(query, all);
  let body: { data?: T; errors?: Fault[] };
  try {
    const res = await request(query, all, signal);
    body = await res.json();
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Refusal([{ message: 'The service did not answer. Check that it is running and that you are connected, then try again.' }]);
  }
  if (body.errors) throw new Refusal(body.errors);
  if (asked.get(query) === all) answers.set(query, { variables: all, text: JSON.stringify(body.data) });
  return body.data as T;
}

/** Asks the same of each entity, in the order of the ids; null where an id is unknown. own has the variables of the selections, and their types. */
export async function askEach<T>(ids: string[], selection: (i: number) => string, signal?: AbortSignal, own: { types?: string; variables?: object } = {}): Promise<(T | null)[]> {
  if (ids.length === 0) return [];
  const data = await ask<Record<string, T | null>>(`query (${ids.map((_, i) => `$i${i}: ID!, `).join('')}${own.types ?? ''}$view: View) {
    ${ids.map((_, i) => `e${i}: entity(id: $i${i}, view: $view) { ${selection(i)} }`).join(' ')} }`, { ...Object.fromEntries(ids.map((id, i) => [`i${i}`, id])), ...own.variables }, signal);
  return ids.map((_, i) => data[`e${i}`] ?? null);
}

/** The claims of an entity from both of their ends, each with the same arguments and selection. */
export const bothSides = (rest: string) => `claims${rest} about${rest}`;
export interface BothSides<T> { claims: T; about: T }

/** A part of a long list, in pages. */
export interface Connection<T> { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string }; nodes: T[] }

/** How many claims of each predicate there are. */
export const byPredicate = '{ aggregate { groups(by: [predicate]) { key count } } }';
export interface ByPredicate { aggregate: { groups: { key: string; count: number }[] } }

export interface Entity { id: string; name: string; type?: string }
export interface Qualifier { name: string; value: string; object: Entity | null }
export interface Source extends Entity { url: string | null; date: string | null }
export interface Claim {
  id: string; predicate: string; value: string | null; object: Entity | null; subject: Entity; qualifiers: Qualifier[];
  source: Source; locator: string | null; confidence: number; attribution: string; attributedTo: string | null; rank: string;
  validFrom: string | null; validTo: string | null; holds: string; distance: number | null; original: string | null; note: string | null;
  chosen: boolean; contradicts: Pick<Claim, 'predicate' | 'value' | 'object' | 'qualifiers'>[];
}

/** The fields of Claim, as a fragment C. */
export const claimFields = `fragment C on Claim {
  id predicate value object { id name } subject { id name } qualifiers { name value object { id name } }
  source { id name url date } locator confidence attribution attributedTo rank validFrom validTo holds distance original note chosen
  contradicts { predicate value object { id name } qualifiers { name value object { id name } } }
}`;
