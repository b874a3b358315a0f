import { Chosen } from '../choose';
import { param } from '../state';
import { Conflicts } from '../views/conflicts';

export default function Page() {
  return <><Chosen /><Conflicts id={param('id')} predicate={param('predicate')} /></>;
}
