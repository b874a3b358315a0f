// The queries that a page asked, folded away.
import { asked, requestAddress } from './api';
import { Opened } from './parts';
import { address } from './state';

const queries = () => [...asked].map(([query, { view: _, ...variables }]: [string, { view?: object }]) => ({ query: query.replace(/\n\s*/g, '\n  ').trim(), variables: JSON.stringify(variables) }));

function List() {
  return <>{queries().map(({ query, variables }) => <section key={query + variables}><pre tabIndex={0}>{query}{variables !== '{}' && `\n\n${variables}`}</pre>
    <p><a href={address('/graphiql', { query, variables })}>Ask it</a> · <a href={requestAddress(query, JSON.parse(variables))}>as JSON</a></p></section>)}</>;
}

/** Lists them when it is opened, since a page may have asked more by then. */
export const Asked = () => <div class="asked"><Opened summary="The queries of this page"><List /></Opened></div>;
