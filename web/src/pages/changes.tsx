import { Chosen } from '../choose';
import { param } from '../state';
import { Changes } from '../views/changes';

export default function Page() {
  return <><Chosen /><Changes id={param('id')} /></>;
}
