// Claims that cannot all be true, by subject and predicate.
import { ask, claimFields, type Claim, type Connection, type Entity } from '../api';
import { lines, sourcesOf } from '../claims';
import { Answer, Empty, EntityLink, FactLine, Maybe, maybe, More, Name, useAnswer } from '../parts';
import { param } from '../state';
import { capital, label, plural } from '../words';

interface Conflict { subject: Entity; predicate: string; reason: string; holds: string; claims: Claim[] }

export function Conflicts({ id, predicate }: { id?: string; predicate?: string }) {
  const answer = useAnswer((signal) => ask<{ conflicts: Connection<Conflict> }>(`query ($id: ID, $predicate: String, $after: String, $view: View) {
    conflicts(subject: $id, predicate: $predicate, first: 25, after: $after, view: $view) {
      totalCount pageInfo { hasNextPage endCursor } nodes { subject { id name } predicate reason holds claims { ...C } }
    } } ${claimFields}`, { id: id || null, predicate: predicate || null, after: param('after') || null }, signal));
  return <Answer of={answer}>{({ conflicts }) => <>
    {conflicts.totalCount === 0 ? <Empty>No claims about it contradict each other on this date.</Empty> : <p class="hint">{plural(conflicts.totalCount, 'disagreement')}</p>}
    {conflicts.nodes.map((c) => {
      const sides = lines(c.claims.map((claim) => ({ claim, inverse: false })), true), unsure = maybe(sides);
      return <section class="conflict" key={c.subject.id + c.predicate + c.claims[0]?.id}>
        <h2><EntityLink entity={c.subject} /> · {capital(label(c.predicate))}</h2>
        <p class="hint"><Name text={capital(c.reason)} /> · {plural(sourcesOf(c.claims), 'source')} {unsure ? <Maybe which={unsure} /> : c.holds === 'POSSIBLY' && <span class="chip maybe">may hold</span>}</p>
        <ul class="lines">{sides.map((l) => <FactLine key={l.key} line={l} quiet={!!unsure} />)}</ul>
      </section>;
    })}
    <More of={conflicts} text="More disagreements" />
  </>}</Answer>;
}
