// An open page follows the graph: when something is recorded that changes what the page shows, it says so. It never changes by itself.
import { useEffect, useState } from 'preact/hooks';
import { answers, request, type Entity } from './api';
import { EntityLink, join } from './parts';
import { grouped, plural } from './words';

interface Entry { sequence: number; recordedAt: string; entities: Entity[]; added: { totalCount: number }; withdrawn: { totalCount: number } }

const subscription = 'subscription { changes { sequence recordedAt entities { id name } added(first: 0) { totalCount } withdrawn(first: 0) { totalCount } } }';

/** Whether a question of this page has another answer than the one that is shown. */
async function differs() {
  for (const [query, { variables, text }] of answers) {
    const body = await (await request(query, variables)).json();
    if (!body.data) throw new Error('the question was refused'); // which says nothing about its answer
    if (JSON.stringify(body.data) !== text) return true;
  }
  return false;
}

export function Live() {
  const [news, setNews] = useState<Entry[]>([]), [lost, setLost] = useState(false), [following, setFollowing] = useState(false);
  useEffect(() => {
    let source: EventSource | null = null, late = 0, timer = 0, last = 0;
    const waiting: Entry[] = [];
    const check = async () => {
      const all = waiting.splice(0);
      try { if (await differs()) setNews((n) => [...n, ...all]); } catch { waiting.unshift(...all); }
    };
    const open = () => {
      // A hidden page needs no connection, of which a browser has few for each host.
      if (source || document.hidden) return;
      const after = last ? `(sinceSequence: ${last})` : '';
      source = new EventSource(`/graphql/stream?${new URLSearchParams({ query: subscription.replace('changes {', `changes${after} {`) })}`);
      source.onopen = () => { clearTimeout(late); late = 0; setLost(false); setFollowing(true); };
      source.addEventListener('next', (e: MessageEvent<string>) => {
        const entry = (JSON.parse(e.data) as { data?: { changes: Entry } }).data?.changes;
        if (!entry) return;
        last = entry.sequence;
        waiting.push(entry);
        clearTimeout(timer);
        timer = window.setTimeout(() => void check(), 400);
      });
      source.onerror = () => {
        if (!late) late = window.setTimeout(() => setLost(true), 3000);
        if (source?.readyState === EventSource.CLOSED) { source = null; setTimeout(open, 5000); }
      };
    };
    const close = () => { source?.close(); source = null; };
    const seen = () => (document.hidden ? close() : open());
    open();
    document.addEventListener('visibilitychange', seen);
    addEventListener('pagehide', close);
    return () => { close(); document.removeEventListener('visibilitychange', seen); removeEventListener('pagehide', close); };
  }, []);
  const about = [...new Map(news.flatMap((n) => n.entities).map((e) => [e.id, e])).values()], claims = (of: 'added' | 'withdrawn') => news.reduce((n, e) => n + e[of].totalCount, 0);
  return <div class={news.length || lost ? 'news' : 'unseen'} role="status" data-following={following}>
    {lost && <p>The service does not answer. What you see stays as it is; the page tries to connect again.</p>}
    {news.length > 0 && <p>What this page shows has changed: {join([claims('added') > 0 && `${plural(claims('added'), 'claim')} recorded`, claims('withdrawn') > 0 && `${grouped(claims('withdrawn'))} withdrawn`].filter(Boolean))}
      {about.length > 0 && <> about {join(about.slice(0, 3).map((e) => <EntityLink entity={e} />))}{about.length > 3 && ` and ${plural(about.length - 3, 'other')}`}</>}. <button onClick={() => location.reload()}>Show it</button></p>}
  </div>;
}
