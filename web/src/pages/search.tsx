// What has a name; a sentence that is understood is offered first.
import { find, understand } from '../find';
import { About, NameOf } from '../combobox';
import { Answer, Empty, useAnswer } from '../parts';
import { address, entityAddress, param } from '../state';
import { plural } from '../words';

export default function Search() {
  const q = param('q');
  const found = useAnswer(q ? (signal) => Promise.all([find(q, undefined, 50, signal), understand(q, signal)]) : null);
  if (!q) return <Empty>Type a name above.</Empty>;
  return <Answer of={found}>{([{ totalCount, edges, didYouMean }, understood]) => <>
    {understood && <p class="understood"><a class="button" href={understood.href}><bdi>{understood.text}</bdi> →</a></p>}
    <h2>{totalCount ? plural(totalCount, 'match') : <>Nothing has the name “<bdi>{q}</bdi>”</>}</h2>
    {totalCount === 0 && didYouMean.length === 0 && !understood && <Empty>Try fewer letters, another spelling or an id; or see what there is in <a href={address('/table')}>the tables</a>.</Empty>}
    {didYouMean.length > 0 && <p>Did you mean:</p>}
    <ol class="results">{[...edges, ...didYouMean].map((m) => <li key={m.node.id}>
      <a href={entityAddress(m.node.id)}><NameOf match={m} /></a><About match={m} />
    </li>)}</ol>
    {totalCount > edges.length && <p class="hint">The first {edges.length} of {totalCount}. More letters find less.</p>}
  </>}</Answer>;
}
