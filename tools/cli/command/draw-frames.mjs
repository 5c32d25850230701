const character = { width: 8.4, height: 19 };
const margin = 16;
const restMs = 4_000;
const colours = new Map([
  [32, '#4ec994'],
  [31, '#f47067'],
  [33, '#e5c07b'],
  [36, '#56b6c2'],
  [90, '#768390'],
  [1, '#ffffff'],
]);

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {import('./terminal.mjs').Run[]} runs @param {number} row */
function drawLine(runs, row) {
  const y = margin + 30 + row * character.height;
  let column = 0;
  return runs
    .map(({ text, tone }) => {
      const x = margin + column * character.width;
      const length = [...text].length;
      column += length;
      if (text.trim() === '') return '';
      const colour = colours.get(tone ?? 0);
      const fill = colour === undefined ? '' : ` fill="${colour}"`;
      return `<text x="${x.toFixed(1)}" y="${y}" textLength="${(length * character.width).toFixed(1)}"${fill}>${escaped(text)}</text>`;
    })
    .join('');
}

/**
 * An SVG that plays the frames over and over.
 * @param {{ atMs: number, lines: import('./terminal.mjs').Run[][] }[]} frames
 * @param {{ columns: number, rows: number }} size
 */
export function drawFrames(frames, { columns, rows }) {
  const width = Math.round(columns * character.width + 2 * margin);
  const height = rows * character.height + 2 * margin + 24;
  const totalMs = (frames.at(-1)?.atMs ?? 0) + restMs;
  const share = (/** @type {number} */ ms) => ((ms / totalMs) * 100).toFixed(2);
  const parts = frames.map(({ atMs, lines }, n) => {
    const untilMs = frames[n + 1]?.atMs ?? totalMs;
    // the last frame is what a viewer without animations sees
    const hidden = n === frames.length - 1 ? '' : ' opacity="0"';
    const style = `@keyframes f${n}{0%,${share(atMs)}%{opacity:0}${share(atMs + 1)}%,${share(untilMs)}%{opacity:1}${share(untilMs + 1)}%,100%{opacity:0}}#f${n}{animation:f${n} ${totalMs}ms step-end infinite}`;
    return { style, group: `<g id="f${n}"${hidden}>${lines.map(drawLine).join('')}</g>` };
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="i2m generate samples/ in a terminal: progress bars, then the number of models">
<style>text{font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#cdd9e5;white-space:pre}${[...colours].map(([, colour]) => `text[fill="${colour}"]{fill:${colour}}`).join('')}${parts.map(({ style }) => style).join('')}</style>
<rect width="100%" height="100%" rx="8" fill="#1c2128"/>
<circle cx="20" cy="16" r="5" fill="#f47067"/><circle cx="38" cy="16" r="5" fill="#e5c07b"/><circle cx="56" cy="16" r="5" fill="#4ec994"/>
${parts.map(({ group }) => group).join('\n')}
</svg>
`;
}
