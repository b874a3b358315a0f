// How two entities are connected: chains of claims, each step with its source.
import { ask, claimFields, type Claim, type Entity } from '../api';
import { Chosen } from '../choose';
import { Answer, Empty, EntityLink, Evidence, Opened, useAnswer } from '../parts';
import { address, param } from '../state';
import { label, plural, split } from '../words';

interface Step { from: Entity; to: Entity; relation: string; qualifier: string | null; inverse: boolean; claim: Claim }
interface Result { connections: { length: number; score: number; steps: Step[] }[] }

function StepLine({ step }: { step: Step }) {
  // Who imports uranium from Kazakhstan does not import from uranium.
  const says = label(step.relation) + (step.qualifier ? ` ${step.claim.object?.name ?? '…'} (${split(step.qualifier)})` : '');
  return <li class="leg step"><div class="what"><EntityLink entity={step.from} /> <span class="relation">{step.inverse ? `← ${says} –` : `– ${says} →`}</span> <EntityLink entity={step.to} /></div>
    <Opened summary="source" name={`for ${step.from.name} and ${step.to.name}`}><Evidence claims={[step.claim]} values /></Opened></li>;
}

function Found() {
  const answer = useAnswer((signal) => ask<Result>(`query ($from: ID!, $to: ID!, $view: View) { connections(from: $from, to: $to, first: 8, view: $view) {
    length score steps { from { id name } to { id name } relation qualifier inverse claim { ...C } } } } ${claimFields}`, { from: param('from'), to: param('to') }, signal));
  return <Answer of={answer}>{({ connections }) => <>
    {connections.length === 0 && <Empty>No chain of up to four claims connects them in this view.</Empty>}
    {connections.map((c, i) => <article class="route" key={i} aria-label={`Connection ${i + 1}`}><p class="hint">{plural(c.length, 'step')} · score {c.score.toFixed(2)}</p><ol class="legs">{c.steps.map((s, j) => <StepLine key={j} step={s} />)}</ol></article>)}
    {connections.length > 0 && <p class="hint">A chain of claims is not evidence of supply or cause. An entity with many links explains little and scores low.</p>}
  </>}</Answer>;
}

export default function Connections() {
  return <><Chosen name="from" label="From" /><Chosen name="to" label="To" />{param('from') && param('to') ? <Found /> : <Empty>Choose two entities, for example <a href={address('/connections', { from: 'JPN', to: 'uranium' })}>Japan and uranium</a>.</Empty>}</>;
}
