// A text field that suggests entities, by the ARIA combobox pattern.
import { useRef, useState } from 'preact/hooks';
import type { Entity } from './api';
import { find, understand, type Match, type Understood } from './find';
import { entityAddress } from './state';
import { plural, typeLabel } from './words';

/** The name that matched, with the matching part marked. */
function Matched({ match }: { match: Match }) {
  const parts = [];
  let at = 0;
  for (const { start, end } of match.highlights) {
    parts.push(match.matched.slice(at, start), <mark>{match.matched.slice(start, end)}</mark>);
    at = end;
  }
  return <bdi>{parts}{match.matched.slice(at)}</bdi>;
}

/** The name of an entity that was found, marked where it is the name that matched. */
export const NameOf = ({ match }: { match: Match }) => (match.matched === match.node.name ? <Matched match={match} /> : <bdi>{match.node.name}</bdi>);

/** What distinguishes an entity from others with its name. */
export function About({ match }: { match: Match }) {
  const { node, matched, holds } = match;
  return <span class="hint"> {typeLabel(node.type ?? '')}{matched !== node.name && matched !== node.id && <> · as <Matched match={match} /></>}{holds === 'NO' && ' · not its name on this date'}</span>;
}

interface Props {
  id: string; label: string; types?: string[]; value?: string; placeholder?: string; name?: string;
  /** Called with the chosen entity; without it, choosing goes to its page. */
  pick?: (e: Entity) => void;
  /** Whether sentences are understood as well. */
  sentences?: boolean;
}

type Option = { key: string; match?: Match; understood?: Understood };

/** Arrow keys move through the suggestions, Enter chooses one, Escape closes the list. */
export function Combobox(p: Props) {
  const [text, setText] = useState(p.value ?? '');
  const [options, setOptions] = useState<Option[]>([]);
  const [at, setAt] = useState(-1);
  const [status, setStatus] = useState('');
  const asking = useRef<AbortController | null>(null);
  const timer = useRef(0);

  function close() {
    clearTimeout(timer.current);
    asking.current?.abort();
    setOptions([]);
    setAt(-1);
  }

  async function open(of: string) {
    asking.current?.abort();
    const asked = of.trim(), mine = asking.current = new AbortController();
    if (!asked) return close();
    try {
      const [found, understood] = await Promise.all([
        find(asked, p.types, 8, mine.signal), p.sentences && / /.test(asked) ? understand(asked, mine.signal) : null]);
      if (mine.signal.aborted) return;
      const all: Option[] = [...found.edges, ...found.didYouMean].map((match) => ({ key: match.node.id, match }));
      if (understood) all.unshift({ key: '?', understood });
      setOptions(all);
      setAt(-1);
      setStatus(all.length ? `${plural(all.length, 'suggestion')}; use the arrow keys.` : `Nothing has the name “${asked}”. Try fewer letters.`);
    } catch (e) {
      if (!mine.signal.aborted) setStatus((e as Error).message);
    }
  }

  function choose(o: Option) {
    close();
    setStatus('');
    if (o.understood) location.assign(o.understood.href);
    else if (o.match && p.pick) {
      setText('');
      p.pick(o.match.node);
    } else if (o.match) location.assign(entityAddress(o.match.node.id));
  }

  function key(e: KeyboardEvent) {
    if (e.key === 'ArrowDown' && !options.length) void open(text);
    else if (!options.length) return;
    else if (e.key === 'ArrowDown') setAt((at + 1) % options.length);
    else if (e.key === 'ArrowUp') setAt((Math.max(at, 0) - 1 + options.length) % options.length);
    else if (e.key === 'Enter' && (at >= 0 || (p.pick && options[0]))) choose(options[Math.max(at, 0)]!);
    else if (e.key === 'Escape') close();
    else return;
    e.preventDefault();
  }

  const listId = `${p.id}-list`;
  return <div class="combobox">
    <input id={p.id} name={p.name} value={text} placeholder={p.placeholder} aria-label={p.label} role="combobox" autocomplete="off" spellcheck={false}
      aria-autocomplete="list" aria-controls={listId} aria-expanded={options.length > 0} aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
      onInput={(e) => { const t = e.currentTarget.value; setText(t); clearTimeout(timer.current); timer.current = window.setTimeout(() => void open(t), 40); }}
      onKeyDown={key} onBlur={close} />
    <ul id={listId} role="listbox" aria-label={`Suggestions: ${p.label}`} hidden={!options.length}>
      {options.map((o, i) => <li key={o.key} id={`${listId}-${i}`} role="option" aria-selected={i === at}
        onPointerDown={(e) => e.preventDefault()} onClick={() => choose(o)}>
        {o.understood ? <><span class="arrow">→</span> <bdi>{o.understood.text}</bdi></>
          : o.match && <><NameOf match={o.match} /><About match={o.match} /></>}
      </li>)}
    </ul>
    <div class={options.length || !status ? 'unseen' : 'hint status'} role="status">{status}</div>
  </div>;
}

interface ChipsProps { id: string; label: string; chosen: Entity[]; set: (all: Entity[]) => void; types?: string[]; placeholder?: string }

/** Several entities, each with a button that takes it out. */
export function Chips({ id, label, chosen, set, types, placeholder }: ChipsProps) {
  return <div class="chips">
    {chosen.map((e) => <button type="button" key={e.id} aria-label={`Remove ${e.name}`} onClick={() => { set(chosen.filter((x) => x !== e)); document.getElementById(id)?.focus(); }}><bdi>{e.name}</bdi> <span aria-hidden="true">×</span></button>)}
    <Combobox id={id} label={label} types={types} placeholder={placeholder} pick={(e) => { if (!chosen.some((c) => c.id === e.id)) set([...chosen, e]); }} />
  </div>;
}
