// The start of every page: the search of the header, and the module that the page needs.
import { render } from 'preact';
import type { ComponentType } from 'preact';
import { Asked } from './questions';
import { Combobox } from './combobox';
import { Live } from './live';
import { Trouble } from './parts';
import { page, param } from './state';
import { ready } from './words';
import './style.css';

const pages = import.meta.glob<{ default: ComponentType }>('./pages/*.tsx');

async function start() {
  // What is left empty in the control of the view is not in the address.
  document.querySelector<HTMLFormElement>('form.date')?.addEventListener('formdata', ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
  const search = document.getElementById('search');
  if (search) render(<Combobox id="q" name="q" label="Search" placeholder={page === 'home' && innerWidth > 640 ? 'Search, or ask “Kazakhstan to EU avoiding Russia”' : 'Search or ask'} value={page === 'search' ? param('q') : ''} sentences />, search);
  const app = document.getElementById('app')!;
  const load = pages[`./pages/${page}.tsx`];
  if (!load) return;
  try {
    const [{ default: Page }] = await Promise.all([load(), ready]);
    app.replaceChildren();
    render(<><Page />{page !== 'query' && <><Asked picture={['network', 'map', 'series'].includes(page)} /><Live /></>}</>, app);
    if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  } catch (e) {
    render(<Trouble fault={e as Error} />, app);
  }
}

void start();
