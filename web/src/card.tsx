// What a card shows of an entity: the fields that are asked most, and how their values are written.
import type { Entity } from './api';
import { EntityLink, Name } from './parts';
import { exactly, number, numeric, split, types } from './words';

export type Cell = null | string | number | boolean | Entity | { text: string } | { latitude: number; longitude: number };

/** The fields that a card shows: what leads to one thing first, then figures. */
export function keyFields(type: string) {
  const of = types.get(type)?.fields.filter((f) => !f.many && !f.inverse && !['name', 'description', 'wikidata'].includes(f.name)) ?? [];
  const rank = (kind?: string) => (!kind ? 0 : numeric(kind) ? 1 : kind === 'Date' || kind === 'Enum' ? 2 : 3);
  return of.filter((f) => f.kind !== 'String').sort((a, b) => rank(a.kind) - rank(b.kind)).slice(0, 12);
}

export const selection = (kind?: string) => (!kind ? '{ id name }' : kind === 'Quantity' ? '{ text }' : kind === 'Coordinates' ? '{ latitude longitude }' : '');

export function CellText({ value, kind }: { value: Cell; kind?: string }) {
  if (value === null) return <span class="unknown">not stated</span>;
  if (typeof value === 'object') {
    if ('id' in value) return <EntityLink entity={value} />;
    if ('text' in value) return <>{exactly(value.text) ?? value.text}</>;
    return <>{value.latitude.toFixed(2)}, {value.longitude.toFixed(2)}</>;
  }
  if (typeof value === 'number') return <span title={String(value)}>{number(value)}</span>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  return <>{kind === 'Enum' ? split(value) : <Name text={value} />}</>;
}
