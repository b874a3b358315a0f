import { Chosen } from '../choose';
import { Empty } from '../parts';
import { address, param } from '../state';
import { Timeline } from '../views/timeline';

export default function Page() {
  return <><Chosen />{param('id') ? <Timeline id={param('id')} /> : <Empty>Choose whose time to show, for example <a href={address('/timeline', { id: 'titr' })}>the Middle Corridor’s</a>.</Empty>}</>;
}
