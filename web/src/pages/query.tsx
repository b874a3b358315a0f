// A query and its answer. An address only ever reads; a mutation needs the button.
import { useEffect, useRef, useState } from 'preact/hooks';
import { requestAddress, send } from '../api';
import { here, param, view } from '../state';

const example = `query ($view: View) {
  country(id: "KAZ", view: $view) {
    name
    capital { name }
    borders { nodes { name } }
  }
}`;

const mutation = /^\s*mutation\b/m;

export default function Query() {
  const [query, setQuery] = useState(param('query') || example);
  const [variables, setVariables] = useState(param('variables'));
  const [answer, setAnswer] = useState<{ text: string; ms?: number; bad?: boolean }>();
  const asked = useRef(0);

  async function run(pressed: boolean) {
    const mine = ++asked.current, began = performance.now();
    let all: object;
    try {
      all = { view: view(), ...JSON.parse(variables || '{}') };
    } catch (e) {
      return setAnswer({ text: `The variables are not JSON: ${(e as Error).message}`, bad: true });
    }
    if (pressed) history.replaceState(null, '', here({ query, variables }));
    try {
      const res = await send(query, all, pressed && (mutation.test(query) || query.length > 5000)), body = await res.json();
      if (mine === asked.current) setAnswer({ text: JSON.stringify(body, null, 2), ms: performance.now() - began, bad: Boolean(body.errors) });
    } catch (e) {
      if (mine === asked.current) setAnswer({ text: `The service did not answer: ${(e as Error).message}`, bad: true });
    }
  }

  useEffect(() => { if (param('query')) void run(false); }, []);
  const asTable = requestAddress(query, { view: view() }, '/graphql.csv');
  return <div class="query">
    <form class="form" onSubmit={(e) => { e.preventDefault(); void run(true); }} onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); void run(true); } }}>
      <label>Query <textarea id="query" rows={18} spellcheck={false} value={query} onInput={(e) => setQuery(e.currentTarget.value)} /></label>
      <label>Variables, as JSON; <code>view</code> is the date above <textarea id="variables" rows={3} spellcheck={false} value={variables} placeholder="{}" onInput={(e) => setVariables(e.currentTarget.value)} /></label>
      <div class="row"><button class="primary">Ask</button><span class="hint">or Ctrl+Enter</span><a href={asTable}>as a table (CSV)</a><a href="/schema.graphql">the schema</a></div>
    </form>
    <section aria-label="Answer" aria-live="polite">{answer ? <><p class="hint">{answer.ms !== undefined && `${Math.round(answer.ms)} ms`}</p>
      <pre class={answer.bad ? 'bad' : ''} tabIndex={0}>{answer.text}</pre></> : <p class="empty">The answer appears here.</p>}</section>
  </div>;
}
