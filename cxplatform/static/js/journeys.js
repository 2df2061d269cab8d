/* Without this file maps are pages and forms; with it a map prints by a button, and touchpoints are
   dragged, or moved by the arrow keys, to the resources the buttons reach. */
addEventListener('DOMContentLoaded', () => {
  const ways = { ArrowLeft: 'earlier', ArrowUp: 'up', ArrowDown: 'down', ArrowRight: 'later' };

  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }

  const dropped = ({ item, to, from, newIndex, oldIndex }) => {
    if (from === to && newIndex === oldIndex) return;
    const revision = document.querySelector('#drop [name=revision]').value;
    const values = { revision, stage: to.dataset.stage, position: newIndex };
    htmx.ajax('POST', item.dataset.move, { source: '#board', target: '#board', swap: 'outerHTML', values });
  };

  const prepare = () => {
    for (const grip of document.querySelectorAll('.grip')) grip.hidden = false;
    for (const list of document.querySelectorAll('.cards[data-stage]')) {
      if (list.dataset.drags || !window.Sortable) continue;
      list.dataset.drags = '1';
      Sortable.create(list, { group: 'touchpoints', handle: '.grip', animation: 120, onEnd: dropped });
    }
  };

  // The keys press the card's own buttons, so that they and the buttons can never differ.
  document.addEventListener('keydown', event => {
    const grip = event.target.closest('.grip');
    if (!grip || !ways[event.key]) return;
    event.preventDefault();
    grip.closest('[data-move]').querySelector(`button[value=${ways[event.key]}]`).click();
  });
  document.body.addEventListener('htmx:afterSettle', prepare);
  document.body.addEventListener('htmx:beforeSwap', () => {
    held = document.activeElement?.id;
    // What dragging left on elements would be carried over as inline styles, which are refused.
    for (const touched of document.querySelectorAll('#board [style]')) touched.removeAttribute('style');
  });
  // The handles are there only now, so what had the focus must be given it again.
  document.body.addEventListener('htmx:afterSwap', () => {
    prepare();
    if (held) document.getElementById(held)?.focus();
  });
  let held = '';
  prepare();
});
