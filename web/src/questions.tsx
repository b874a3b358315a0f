// What is under every page, folded away: how to cite it, its data, and the queries that it asked.
import { asked, requestAddress } from './api';
import { Opened } from './parts';
import { address, asOf, counts, here, param } from './state';

const queries = () => [...asked].map(([query, { view: _, ...variables }]: [string, { view?: object }]) => ({ query: query.replace(/\n\s*/g, '\n  ').trim(), variables: JSON.stringify(variables) }));

function List() {
  return <>{queries().map(({ query, variables }) => <section key={query + variables}><pre tabIndex={0}>{query}{variables !== '{}' && `\n\n${variables}`}</pre>
    <p><a href={address('/graphiql', { query, variables })}>Ask it</a> · <a href={requestAddress(query, JSON.parse(variables))}>as JSON</a></p></section>)}</>;
}

/** The page as it is now: its address says the date, and until when what was recorded counts. */
function Citation() {
  const now = new Date().toISOString(), date = asOf || now.slice(0, 10);
  const at = location.origin + here({ asOf: param('during') ? '' : date, knownAt: param('knownAt') || `${now.slice(0, 19)}Z` }), title = document.title.replace(/ · Caspian$/, '');
  return <><p><bdi>{title}</bdi>. Caspian, state {counts.sequence} of the graph, {param('during') ? `during ${param('during')}` : `as of ${date}`}. Read on {now.slice(0, 10)}.</p><p><a href={at}>{at}</a></p>
    <p class="hint">The address keeps the date and what was recorded until now. Cite the sources of what you use as well: each fact names its own.</p></>;
}

/** The look of an element of a picture, which a file has to bring along. */
const looks = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'vector-effect'];

const save = (data: Blob, ending: string) => {
  const a = Object.assign(document.createElement('a'), { href: URL.createObjectURL(data), download: `${document.title.replace(/ · Caspian$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.${ending}` });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
};

/** Saves the picture of the page: a drawing of vectors as SVG, a canvas as PNG. */
function savePicture() {
  const canvas = document.querySelector<HTMLCanvasElement>('main canvas'), svg = document.querySelector<SVGSVGElement>('main .map svg, main svg.chart');
  if (canvas) return canvas.toBlob((b) => b && save(b, 'png'));
  if (!svg) return;
  const copy = svg.cloneNode(true) as SVGSVGElement, from = svg.querySelectorAll('*'), to = copy.querySelectorAll('*');
  from.forEach((e, i) => { const css = getComputedStyle(e); for (const name of looks) { const v = css.getPropertyValue(name); if (v) to[i]!.setAttribute(name, v); } to[i]!.removeAttribute('class'); });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const box = svg.getBoundingClientRect();
  copy.setAttribute('width', String(Math.round(box.width)));
  copy.setAttribute('height', String(Math.round(box.height)));
  save(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }), 'svg');
}

/** Makes its parts when they are opened, since a page may have asked more by then. */
export const Asked = ({ picture }: { picture: boolean }) => <div class="asked"><Opened summary="Cite this page"><Citation /></Opened><Opened summary="The queries of this page"><List /></Opened>{picture && <button class="plain" onClick={savePicture}>Save the picture</button>}</div>;
