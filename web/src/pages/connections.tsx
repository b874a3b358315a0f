// How two entities are connected: chains of claims, each step with its source.
import { ask } from '../api';
import { Chosen } from '../choose';
import { Answer, Empty, useAnswer } from '../parts';
import { address, param } from '../state';
import { connectionsQuery, StepLine, type Connection } from '../views/steps';
import { plural } from '../words';

function Found() {
  const answer = useAnswer((signal) => ask<{ connections: Connection[] }>(connectionsQuery, { from: param('from'), to: param('to'), first: 8 }, signal));
  return <Answer of={answer}>{({ connections }) => <>
    {connections.length === 0 && <Empty>No chain of up to four claims connects them in this view.</Empty>}
    {connections.map((c, i) => <article class="route" key={i} aria-label={`Connection ${i + 1}`}><p class="hint">{plural(c.length, 'step')} · score {c.score.toFixed(2)}</p><ol class="legs">{c.steps.map((s, j) => <StepLine key={j} step={s} />)}</ol></article>)}
    {connections.length > 0 && <p class="hint">A chain of claims is not evidence of supply or cause. An entity with many links explains little and scores low.
      {' '}<a href={address('/network', { id: param('from'), path: `${param('from')},${param('to')}` })}>In the network</a></p>}
    {connections.some((c) => c.partial) && <p class="hint">The search was cut off: there may be better chains.</p>}
  </>}</Answer>;
}

export default function Connections() {
  return <><Chosen name="from" label="From" /><Chosen name="to" label="To" />{param('from') && param('to') ? <Found /> : <Empty>Choose two entities, for example <a href={address('/connections', { from: 'JPN', to: 'uranium' })}>Japan and uranium</a>.</Empty>}</>;
}
