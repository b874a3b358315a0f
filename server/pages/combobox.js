// A text field that suggests entities, by the ARIA combobox pattern.
import { ask, h, plural, say, split } from './lib.js';

// match are the fields of an edge that name and about show.
export const match = 'matched kind holds highlights { start end } node { id name type }';

// find is the best of what goes by a name.
export const find = async (text, types, signal) => (await ask(`query ($text: String!, $types: [String!], $view: View) {
  search(text: $text, types: $types, first: 8, view: $view) { totalCount edges { ${match} } }
}`, { text, types }, signal)).search;

// marked is the name that matched, with what of it did.
function marked({ matched, highlights }) {
  let at = 0;
  return [highlights.map(({ start, end }) => {
    const parts = [matched.slice(at, start), h('mark', null, matched.slice(start, end))];
    at = end;
    return parts;
  }), matched.slice(at)];
}

export const name = (edge) => (edge.matched === edge.node.name ? marked(edge) : edge.node.name);

// about tells an entity found from others of its name.
export const about = (edge) => h('span', { class: 'hint' }, ` ${split(edge.node.type)} · ${edge.node.id}`,
  ![edge.node.name, edge.node.id].includes(edge.matched) && [' · found as ', marked(edge)], edge.holds === 'NO' && ', a name of other times');

// combobox lets the field suggest entities of the types; pick is told of the one chosen.
// Arrow keys go through the suggestions, Enter takes one, Escape closes them.
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
    // What is wrong with a text half typed is told when the form is sent.
    const search = text && await find(text, types, mine.signal).catch(() => {});
    if (!search || mine.signal.aborted) return;
    found = search.edges;
    list.replaceChildren(...found.map((edge, i) => h('li', {
      id: `${list.id}-${i}`, role: 'option', 'aria-selected': 'false',
      pointerdown: (e) => e.preventDefault(), click: () => choose(i),
    }, name(edge), about(edge))));
    list.hidden = !found.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    say(found.length ? `${plural(search.totalCount, 'suggestion')}; use the arrow keys.` : `Nothing is called “${text}”.`);
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
