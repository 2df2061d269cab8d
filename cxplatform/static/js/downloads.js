/* Offers each drawn chart as an SVG or PNG file, made here from the drawing itself. */
(function () {
  const paper = () => getComputedStyle(document.body).backgroundColor;
  const name = figure => (figure.dataset.name || 'chart');
  function save(href, file) {
    const link = document.createElement('a');
    link.href = href;
    link.download = file;
    link.click();
  }
  function source(figure) {
    const svg = figure.querySelector('.draw svg').cloneNode(true);
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    return new XMLSerializer().serializeToString(svg);
  }
  const dataUrl = text => 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
  function png(figure) {
    const drawn = figure.querySelector('.draw svg').getBoundingClientRect();
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement('canvas');
      canvas.width = 2 * drawn.width;
      canvas.height = 2 * drawn.height;
      const pen = canvas.getContext('2d');
      pen.fillStyle = paper();
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL('image/png'), name(figure) + '.png');
    };
    image.src = dataUrl(source(figure));
  }
  document.querySelectorAll('figure[data-chart]').forEach(figure => {
    figure.querySelectorAll('[data-download]').forEach(button => {
      button.hidden = false;
      button.addEventListener('click', () => {
        if (!figure.querySelector('.draw svg')) return;
        if (button.dataset.download === 'png') png(figure);
        else save(dataUrl(source(figure)), name(figure) + '.svg');
      });
    });
  });
})();
