/* The editor without this file is forms; with it, questions drag and the preview keeps up. */
addEventListener('DOMContentLoaded', () => {
  const drop = document.getElementById('drop');

  // Every form must carry the revision that the last save made.
  const showRevision = revision => {
    for (const field of document.querySelectorAll('input[name=revision]')) field.value = revision;
  };

  const reloadPreview = () => {
    const shown = document.getElementById('preview');
    const fresh = document.createElement('iframe');
    for (const name of ['id', 'src', 'title']) fresh.setAttribute(name, shown.getAttribute(name));
    shown.replaceWith(fresh);
  };

  const moved = ({ item, to, from, newIndex, oldIndex }) => {
    if (from === to && newIndex === oldIndex) return;
    drop.action = item.dataset.move;
    drop.elements.page.value = to.dataset.page;
    drop.elements.position.value = newIndex;
    drop.submit();
  };

  const letDrag = () => {
    for (const list of document.querySelectorAll('.outline ol[data-page]')) {
      if (list.dataset.drags || !window.Sortable) continue;
      list.dataset.drags = '1';
      Sortable.create(list, { group: 'questions', animation: 120, delay: 150, delayOnTouchOnly: true, onEnd: moved });
    }
  };

  document.body.addEventListener('draft-saved', event => {
    showRevision(event.detail.revision);
    reloadPreview();
  });
  document.body.addEventListener('htmx:afterSettle', letDrag);
  document.body.addEventListener('htmx:oobAfterSwap', letDrag);
  // A new option is added by its button, not while it is being written.
  for (const field of document.querySelectorAll('[data-alone]')) {
    for (const name of ['input', 'change']) field.addEventListener(name, event => event.stopPropagation());
  }
  // Choosing the question to depend on needs no second click.
  document.getElementById('when-other')?.addEventListener('change', event => event.target.form.requestSubmit());
  letDrag();
});
