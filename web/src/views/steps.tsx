// The steps of a connection between two entities, each with its source.
import { claimFields, type Claim, type Entity } from '../api';
import { EntityLink, Evidence, Opened } from '../parts';
import { label, split } from '../words';

export interface Step { from: Entity; to: Entity; relation: string; qualifier: string | null; inverse: boolean; claim: Claim }
export interface Connection { length: number; score: number; partial: boolean; steps: Step[] }

export const connectionsQuery = `query ($from: ID!, $to: ID!, $first: Int, $view: View) { connections(from: $from, to: $to, first: $first, view: $view) {
    length score partial steps { from { id name type } to { id name type } relation qualifier inverse claim { ...C } } } } ${claimFields}`;

export function StepLine({ step }: { step: Step }) {
  // Who imports uranium from Kazakhstan does not import from uranium.
  const says = label(step.relation) + (step.qualifier ? ` ${step.claim.object?.name ?? '…'} (${split(step.qualifier)})` : '');
  return <li class="leg step"><div class="what"><EntityLink entity={step.from} /> <span class="relation">{step.inverse ? `← ${says} –` : `– ${says} →`}</span> <EntityLink entity={step.to} /></div>
    <Opened summary="source" name={`for ${step.from.name} and ${step.to.name}`}><Evidence claims={[step.claim]} values /></Opened></li>;
}
