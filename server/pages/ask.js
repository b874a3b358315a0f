// The query box.
import { $, complain, go, h, params } from './lib.js';
import { questions } from './questions.js';

export function start() {
  const box = $('query'), choice = $('example'), form = $('asking');
  choice.append(...questions.map(([question], i) => h('option', { value: i }, question)));
  choice.addEventListener('change', () => { 
    if (!choice.value) return;
    const [, query, , at] = questions[choice.value];
    box.value = query;
    if (at?.asOf) $('asOf').value = at.asOf;
  });
  const run = (e) => { e.preventDefault(); go({ query: box.value, asOf: $('asOf').value.trim() }); };
  form.addEventListener('submit', run);
  form.addEventListener('keydown', (e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) run(e); });
  form.hidden = false;
  box.value = params.get('query') ?? questions[2][1];
  if (!params.has('query')) return;
  const known = questions.find(([, query]) => query === box.value);
  if (known) choice.value = questions.indexOf(known);
  import('./answer.js').then((m) => m.show(box.value, known)).catch(complain);
}
