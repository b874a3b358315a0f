// The claims of an entity in order of time, as bars: an end that is known is straight, an open one fades, one that nobody states is dashed.
import { ask, claimFields, type Claim, type Connection } from '../api';
import { Answer, Empty, EntityLink, Evidence, More, Opened, useAnswer, Value } from '../parts';
import { here, param } from '../state';
import { capital, grouped, isFigure, label, period, plural } from '../words';

interface Moment { claim: Claim; start: string | null; end: string | null }

/** A date of the timeline as a number of years. */
export function years(date: string | null | undefined): number | null {
  const m = /^(-?\d{1,4})(?:-(\d\d))?(?:-(\d\d))?/.exec(date ?? '');
  return m ? Number(m[1]) + (Number(m[2] ?? 1) - 1) / 12 + (Number(m[3] ?? 1) - 1) / 365 : null;
}

function Bar({ moment: { claim, start, end }, low, high }: { moment: Moment; low: number; high: number }) {
  const scale = (x: number) => Math.max(0, Math.min(100, (100 * (x - low)) / (high - low)));
  const from = years(start), to = years(end), open = claim.validTo === '..';
  const x = from === null ? 0 : scale(from), width = Math.max(0.6, (to === null ? 100 : scale(to)) - x);
  return <svg class={`bar ${to === null ? (open ? 'open' : 'unstated') : ''} ${from === null ? 'nostart' : ''}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect x={x} y="2" width={width} height="6" />
  </svg>;
}

export function Timeline({ id }: { id: string }) {
  const figures = param('figures') === 'yes';
  const answer = useAnswer((signal) => ask<{ timeline: Connection<Moment> }>(`query ($id: ID!, $after: String, $view: View) {
    timeline(entity: $id, first: 300, after: $after, view: $view) { totalCount pageInfo { hasNextPage endCursor } nodes { start end claim { ...C } } } } ${claimFields}`,
    { id, after: param('after') || null }, signal));
  return <Answer of={answer}>{({ timeline }) => {
    const kept = timeline.nodes.filter((m) => (m.start || m.end) && (figures || !isFigure(m.claim.predicate)));
    const all = kept.flatMap((m) => [years(m.start), years(m.end)]).filter((x) => x !== null);
    const high = Math.max(new Date().getUTCFullYear() + 1, ...all), low = Math.max(Math.min(...all), high - 160);
    return <>
      <p class="hint">{plural(kept.length, 'dated claim')} of {grouped(timeline.totalCount)} · <a href={here({ figures: !figures && 'yes' })}>{figures ? 'without figures' : 'with figures'}</a></p>
      <p class="legend"><span><i class="key solid" /> both ends stated</span><span><i class="key fades" /> still holds</span><span><i class="key dashed" /> no end stated</span></p>
      {kept.length === 0 ? <Empty>No claim about it has a date in this view.</Empty> : <>
        <div class="axis" aria-hidden="true"><span>{Math.floor(low)}{all.some((x) => x < low) && ' or before'}</span><span>{Math.floor((low + high) / 2)}</span><span>{Math.floor(high)}</span></div>
        <ol class="timeline">{kept.map((m) => <li key={m.claim.id}>
          <div class="what">{m.claim.subject.id !== id && <><EntityLink entity={m.claim.subject} /> </>}{capital(label(m.claim.predicate))} <Value claim={m.claim} /></div>
          <div class="years">{period(m.start, m.end)}</div>
          <Bar moment={m} low={low} high={high} />
          <Opened summary="source" name={`for ${label(m.claim.predicate)}`}><Evidence claims={[m.claim]} /></Opened></li>)}</ol></>}
      <More of={timeline} text="Later claims" />
    </>;
  }}</Answer>;
}
