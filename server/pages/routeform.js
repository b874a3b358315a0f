// The route form.
import { $, ask, bdi, complain, go, h, params, wrong } from './lib.js';
import { combobox, find } from './combobox.js';

const places = ['Country', 'City', 'TransportNode', 'Region', 'Organisation'];
const passed = [...places, 'WaterBody', 'Segment', 'Corridor'];
const ids = (name) => (params.get(name) ?? '').split(',').map((id) => id.trim()).filter(Boolean);

// placeField makes a field for one or many entities: { chosen, settle }.
function placeField(name, many) {
  const input = $(name), chips = many && h('ul', { class: 'chips' });
  const field = { chosen: ids(name).map((id) => ({ id, name: id })), draw, settle };
  if (many) input.parentElement.after(chips);
  input.setAttribute('aria-describedby', name + '-error');

  function draw() {
    input.value = many ? '' : field.chosen[0]?.name ?? '';
    if (many) {
      chips.replaceChildren(...field.chosen.map((e) => h('li', null, h('button', {
        type: 'button', 'aria-label': `remove ${e.name}`,
        click: () => { field.chosen = field.chosen.filter((x) => x !== e); draw(); input.focus(); },
      }, bdi(e.name), ' ×'))));
    }
  }

  function take(e) {
    wrong(name, '');
    field.chosen = many ? [...field.chosen.filter((x) => x.id !== e.id), e] : [e];
    draw();
  }

  // settle looks up text that was typed but not chosen; it returns whether the field is valid.
  async function settle() {
    const text = input.value.trim();
    if (text && (many || !field.chosen.length)) {
      const [best] = (await find(text, many ? passed : places)).edges;
      const sure = best && !['FUZZY', 'TRANSLITERATED'].includes(best.kind);
      if (sure) take(best.node);
      else wrong(name, `No place has the name “${text}”.${best ? ` Did you mean ${best.node.name}?` : ''}`);
      return sure;
    }
    if (!many && !field.chosen.length) wrong(name, 'Enter a place.');
    return many || field.chosen.length > 0;
  }

  combobox(input, many ? passed : places, take);
  input.addEventListener('input', () => { wrong(name, ''); if (!many) field.chosen = []; });
  return field;
}

export async function start() {
  const fields = { from: placeField('from'), to: placeField('to'), avoid: placeField('avoid', true), via: placeField('via', true) };
  for (const name of ['network', 'rank']) if (params.get(name)) $(name).value = params.get(name);
  $('route').addEventListener('submit', (e) => {
    e.preventDefault();
    Promise.all(Object.values(fields).map((f) => f.settle())).then((well) => {
      const bad = well.findIndex((x) => !x);
      if (bad >= 0) return $(Object.keys(fields)[bad]).focus();
      go({
        ...Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, f.chosen.map((x) => x.id).join(',')])),
        network: $('network').value, rank: $('rank').value,
      });
    }).catch(complain);
  });
  $('route').hidden = false;
  const all = Object.values(fields).flatMap((f) => f.chosen);
  if (!all.length) return;
  const { entities } = await ask('query ($ids: [ID!], $view: View) { entities(where: { id: { in: $ids } }, view: $view) { nodes { id name } } }', { ids: all.map((x) => x.id) });
  for (const x of all) x.name = entities.nodes.find((e) => e.id === x.id)?.name ?? x.id;
  for (const f of Object.values(fields)) f.draw();
  for (const end of ['to', 'from']) if (!ids(end).length) return $(end).focus();
  const { show } = await import('./routes.js');
  await show({
    from: ids('from')[0], to: ids('to')[0], avoid: ids('avoid'), via: ids('via'),
    network: $('network').value || 'TRANSPORT', rank: $('rank').value || 'LEGS',
  });
}
