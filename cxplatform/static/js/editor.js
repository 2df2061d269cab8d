/* The editor without this file is forms; with it, typing saves itself, questions drag and the preview keeps up. */
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

  // --- a save that is due or under way comes before whatever is pressed next -------------------

  let due = null; // the form with something typed that was not sent yet
  let sent = null; // the form whose save is under way
  let answer = ''; // what came of the last save: 'saved', 'refused', or nothing
  let next = null; // what was pressed in the meantime: { go, stay }
  let leaving = false;

  const leave = go => {
    leaving = true;
    go();
  };
  const after = (go, stay = () => {}) => {
    if (!due && !sent) return leave(go);
    next = { go, stay };
    if (due) htmx.trigger(due, 'save-now');
  };
  const settle = () => {
    if (sent || !next) return;
    if (answer === 'saved' && due) return htmx.trigger(due, 'save-now'); // typed on meanwhile
    const { go, stay } = next;
    next = null;
    if (answer === 'saved') return leave(go);
    // Why it was not taken stands on the page now; whoever presses again leaves all the same.
    due = null;
    stay();
    document.querySelector('#refusal .wrong')?.focus();
  };

  for (const name of ['input', 'change']) {
    document.addEventListener(name, ({ target: { form } }) => {
      if (form?.hasAttribute('hx-post')) due = form;
    });
  }
  document.body.addEventListener('htmx:beforeRequest', event => {
    if (leaving) return event.preventDefault(); // the page that comes has it already
    sent = event.detail.elt;
    due = null;
    answer = '';
  });
  document.body.addEventListener('draft-saved', event => {
    answer = 'saved';
    showRevision(event.detail.revision);
    reloadPreview();
  });
  document.body.addEventListener('draft-refused', () => { answer = 'refused'; });
  document.body.addEventListener('htmx:afterRequest', () => {
    if (!answer) {
      due = sent;
      document.getElementById('state').textContent = drop.dataset.lost;
    }
    sent = null;
    setTimeout(settle); // a save that queued up meanwhile starts before this
  });
  document.body.addEventListener('htmx:validation:halted', event => {
    answer = 'refused';
    event.detail.elt.reportValidity();
    setTimeout(settle);
  });

  let cleared = false;
  document.addEventListener('submit', event => {
    const { target: form, submitter } = event;
    if (cleared) return;
    // Its own form brings everything typed along.
    if (!leaving && !sent && (!due || due === form)) return leave(() => {});
    event.preventDefault();
    if (leaving) return; // pressed twice
    after(() => {
      cleared = true;
      form.requestSubmit(submitter);
    });
  });
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href]');
    const elsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey;
    if (!link || elsewhere || link.getAttribute('href').startsWith('#') || (!due && !sent)) return;
    event.preventDefault();
    after(() => location.assign(link.href));
  });
  addEventListener('beforeunload', event => {
    if (due && !leaving) event.preventDefault();
  });
  // Back from the browser's memory, the page would send a revision long gone.
  addEventListener('pageshow', event => event.persisted && location.reload());

  // --- dragging ---------------------------------------------------------------------------------

  const moved = ({ item, to, from, newIndex, oldIndex }) => {
    if (from === to && newIndex === oldIndex) return;
    drop.action = item.dataset.move;
    drop.elements.page.value = to.dataset.page;
    drop.elements.position.value = newIndex;
    const back = () => from.insertBefore(item, from.children[oldIndex] ?? null);
    after(() => drop.submit(), back);
  };

  const letDrag = () => {
    for (const list of document.querySelectorAll('.outline ol[data-page]')) {
      if (list.dataset.drags || !window.Sortable) continue;
      list.dataset.drags = '1';
      Sortable.create(list, { group: 'questions', animation: 120, delay: 150, delayOnTouchOnly: true, onEnd: moved });
    }
  };

  document.body.addEventListener('htmx:afterSettle', letDrag);
  document.body.addEventListener('htmx:oobAfterSwap', letDrag);
  // A new option is added by its button, not while it is being written.
  for (const field of document.querySelectorAll('[data-alone]')) {
    for (const name of ['input', 'change']) field.addEventListener(name, event => event.stopPropagation());
  }
  // Choosing the question to depend on needs no second click.
  document.getElementById('when-other')?.addEventListener('change', event => event.target.form.requestSubmit());
  showRevision(drop.elements.revision.defaultValue); // not what the browser remembers of the form
  letDrag();
});
