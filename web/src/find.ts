// Finding entities by name, and questions written as a sentence.
import { ask, type Entity } from './api';
import { address, entityAddress } from './state';
import { capital, fields } from './words';

export interface Match { matched: string; highlights: { start: number; end: number }[]; holds: string | null; node: Entity }
export interface Found { totalCount: number; edges: Match[]; didYouMean: Match[] }

const match = 'matched holds highlights { start end } node { id name type }';

export const find = async (text: string, types?: string[], first = 8, signal?: AbortSignal) =>
  (await ask<{ search: Found }>(`query ($text: String!, $types: [String!], $first: Int, $view: View) {
    search(text: $text, types: $types, first: $first, view: $view) { totalCount edges { ${match} } didYouMean { ${match} } }
  }`, { text, types, first }, signal)).search;

/** The best match of each name, in one request; null where nothing has the name. */
async function named(names: string[], types: (string[] | null)[], signal?: AbortSignal) {
  const variables = Object.fromEntries(names.flatMap((n, i) => [[`n${i}`, n], [`t${i}`, types[i]]]));
  const data = await ask<Record<string, { edges: { node: Entity }[] }>>(`query (${names.map((_, i) => `$n${i}: String!, $t${i}: [String!]`).join(', ')}, $view: View) {
    ${names.map((_, i) => `s${i}: search(text: $n${i}, types: $t${i}, first: 1, view: $view) { edges { node { id name } } }`).join(' ')}
  }`, variables, signal);
  return names.map((_, i) => data[`s${i}`]?.edges[0]?.node ?? null);
}

/** A sentence understood: what it asks for, and where that is answered. */
export interface Understood { text: string; href: string }

type Form = [RegExp, (m: string[], signal?: AbortSignal) => Promise<Understood | null | undefined>];

const forms: Form[] = [
  [/^(?:routes? )?(?:from )?(.{2,}?) (?:to|→|->) (.{2,}?)(?:,? (?:avoiding|avoid|without|not through|around) (.{2,}))?$/i, async ([, from, to, avoid], signal) => {
    const avoided = avoid?.split(/,| and /).map((x) => x.trim()).filter(Boolean) ?? [];
    const [a, b, ...rest] = await named([from!, to!, ...avoided], [null, null, ...avoided.map(() => null)], signal);
    if (!a || !b || rest.some((x) => !x)) return null;
    return { text: `Routes from ${a.name} to ${b.name}${rest.length ? ` avoiding ${rest.map((x) => x!.name).join(' and ')}` : ''}`,
      href: address('/routes', { from: a.id, to: b.id, avoid: rest.map((x) => x!.id).join(',') }) };
  }],
  [/^(?:what )?(?:has )?changed? (?:in|about|for) (.+?)(?: (?:from|between|since))? (\d{4})(?: ?(?:-|–|to|and) ?)(\d{4})\??$/i, async ([, name, from, to], signal) => {
    const [e] = await named([name!], [null], signal);
    return e && { text: `What changed for ${e.name}, ${from} to ${to}`, href: address('/changes', { id: e.id, from, to }) };
  }],
  [/^(?:who borders|borders of|countries (?:on|around)|network (?:around|of)) (.+?)\??$/i, async ([all, name], signal) => {
    const [e] = await named([name!], [null], signal);
    if (!e) return null;
    return /^network/i.test(all!) ? { text: `The network around ${e.name}`, href: address('/network', { id: e.id }) }
      : { text: `Who borders ${e.name}`, href: entityAddress(e.id) + '#borders' };
  }],
  [/^(?:(?:who|what) (?:is|was) )?(?:the )?([\p{L} ]{4,}?) of (.+?)(?: in (\d{4}))?\??$/iu, async ([, what, name, year], signal) => {
    const word = [...fields.values()].find((f) => f.label.toLowerCase() === what!.toLowerCase().trim()) ?? (/president|leader|prime minister|name/i.test(what!) ? { name: 'name', label: what! } : null);
    if (!word) return null;
    const [e] = await named([name!], [null], signal);
    return e && { text: `${capital(word.label)} of ${e.name}${year ? ` in ${year}` : ''}`, href: entityAddress(e.id, { asOf: year }) + `#${word.name}` };
  }],
  [/^(?:how (?:is|are) )?(.{3,}?) (?:and|connected with|related to|relates? to) (.{3,}?)\??$/i, async ([, from, to], signal) => {
    const [a, b] = await named([from!, to!], [null, null], signal);
    return a && b && { text: `How ${a.name} and ${b.name} are connected`, href: address('/connections', { from: a.id, to: b.id }) };
  }],
  [/^(\p{L}{3,}) (\p{L}{3,}(?: \p{L}+)?)$/u, async ([, of, resource], signal) => {
    const [a, b] = await named([of!, resource!], [['Country'], ['Resource']], signal);
    return a && b && { text: `On whom ${a.name} depends for ${b.name.toLowerCase()}`, href: address('/dependency', { of: a.id, resource: b.id }) };
  }],
];

/** What a sentence asks for, or null if it is not one of the forms. */
export async function understand(text: string, signal?: AbortSignal): Promise<Understood | null> {
  for (const [form, answer] of forms) {
    const m = form.exec(text.trim());
    const understood = m && await answer(m, signal).catch(() => null);
    if (understood) return understood;
  }
  return null;
}
