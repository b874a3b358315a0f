'use strict';
// The page sends the query in the form by POST, and keeps it in the address,
// so that users can send it as a link.
const form = document.getElementById('ask');
const query = document.getElementById('query');
const variables = document.getElementById('variables');
const answer = document.getElementById('answer');
const status = document.getElementById('status');

const given = new URLSearchParams(location.search);
query.value = given.get('query') ?? '{\n  graph { sequence }\n}';
variables.value = given.get('variables') ?? '';

let running = null;

// run sends the query. A query from the address may come from anyone, so it is sent by GET,
// which cannot change anything.
async function run(get) {
  let vars;
  try {
    vars = variables.value.trim() === '' ? undefined : JSON.parse(variables.value);
  } catch (e) {
    status.textContent = '';
    answer.textContent = 'The variables are not JSON: ' + e.message;
    return;
  }
  const link = new URLSearchParams({ query: query.value });
  if (variables.value.trim() !== '') link.set('variables', variables.value);
  history.replaceState(null, '', '?' + link);
  running?.abort();
  const mine = running = new AbortController();
  status.textContent = '…';
  const start = performance.now();
  try {
    const res = await (get ? fetch('/graphql?' + link, { signal: mine.signal }) : fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: query.value, variables: vars }),
      signal: mine.signal,
    }));
    const body = await res.json();
    status.textContent = `${res.status}, ${(performance.now() - start).toFixed(0)} ms, sequence ${res.headers.get('caspian-sequence') ?? '?'}`;
    answer.textContent = JSON.stringify(body, null, 2);
  } catch (e) {
    if (mine.signal.aborted) return;
    status.textContent = '';
    answer.textContent = 'The service did not answer: ' + e.message;
  }
}

form.addEventListener('submit', (e) => { e.preventDefault(); run(); });
form.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); run(); }
});
if (given.has('query')) run(true);
