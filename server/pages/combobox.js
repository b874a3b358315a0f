// A text field that suggests entities, by the ARIA combobox pattern.
import { ask, bdi, h, nothing, plural, say, split } from './lib.js';

// match has the fields of an edge that name and about show.
export const match = 'matched kind holds highlights { start end } node { id name type }';

// find returns the best matches of a name.
export const find = async (text, types, signal) => (await ask(`query ($text: String!, $types: [String!], $view: View) {
  search(text: $text, types: $types, first: 8, view: $view) { totalCount edges { ${match} } didYouMean { ${match} } }
}`, { text, types }, signal)).search;

// marked renders the name that matched, with the matching part highlighted.
function marked({ matched, highlights }) {
  let at = 0;
  return [highlights.map(({ start, end }) => {
    const parts = [matched.slice(at, start), h('mark', null, matched.slice(start, end))];
    at = end;
    return parts;
  }), matched.slice(at)];
}

export const name = (edge) => bdi(edge.matched === edge.node.name ? marked(edge) : edge.node.name);

// about renders what distinguishes an entity from others with its name.
export const about = (edge) => h('span', { class: 'hint' }, ` ${split(edge.node.type)} · ${edge.node.id}`,
  ![edge.node.name, edge.node.id].includes(edge.matched) && [' · found as ', bdi(marked(edge))], edge.holds === 'NO' && ', not its name on this date');

// combobox makes the field suggest entities of the types, and calls pick with the chosen one.
// Arrow keys move through the suggestions, Enter chooses one, Escape closes the list.
export function combobox(input, types, pick) {
  const list = h('ul', { id: input.id + '-list', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  input.after(list);
  for (const [k, v] of Object.entries({
    role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-autocomplete': 'list',
    'aria-controls': list.id, 'aria-expanded': 'false',
  })) input.setAttribute(k, v);
  let found = [], at = -1, timer, asking;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    [found, at] = [[], -1];
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function choose(i) {
    const { node } = found[i];
    close();
    pick(node);
  }

  function move(to) {
    list.children[at]?.setAttribute('aria-selected', 'false');
    at = (to + found.length) % found.length;
    const option = list.children[at];
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', option.id);
  }

  async function open() {
    close();
    const text = input.value.trim(), mine = asking = new AbortController();
    // Faults in a half-typed text are reported when the form is sent.
    const search = text && await find(text, types, mine.signal).catch(() => {});
    if (!search || mine.signal.aborted) return;
    found = [...search.edges, ...search.didYouMean];
    list.replaceChildren(...found.map((edge, i) => h('li', {
      id: `${list.id}-${i}`, role: 'option', 'aria-selected': 'false',
      pointerdown: (e) => e.preventDefault(), click: () => choose(i),
    }, name(edge), about(edge))));
    list.hidden = !found.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    say(search.totalCount ? `${plural(search.totalCount, 'suggestion')}; use the arrow keys.` : nothing(text, found.length));
  }

  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(open, 120); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (e) => {
    if (e.key === 'ArrowDown' && list.hidden) open();
    else if (list.hidden) return;
    else if (e.key === 'ArrowDown') move(at + 1);
    else if (e.key === 'ArrowUp') move(Math.max(at, 0) - 1);
    else if (e.key === 'Enter' && at >= 0) choose(at);
    else if (e.key === 'Escape') close();
    else return;
    e.preventDefault();
  });
}
