import { svg } from './dom.js';

/** Two minutes, at a look every two seconds. */
const kept = 60;
const width = 100;
const height = 30;

/** A line of the last values, drawn by hand. @returns what draws it anew with one value more */
export function sparkline(label) {
  const values = [];
  const area = svg('path', { class: 'area' });
  const line = svg('path', { class: 'line' });
  const picture = svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img' },
    area,
    line,
  );
  const add = (value) => {
    values.push(value);
    if (values.length > kept) values.shift();
    const top = Math.max(1, ...values);
    const points = values.map((one, at) => {
      const x = width - ((values.length - 1 - at) * width) / (kept - 1);
      return `${x.toFixed(2)},${(height - 1 - (one / top) * (height - 3)).toFixed(2)}`;
    });
    const first = points[0].split(',')[0];
    line.setAttribute('d', `M${points.join('L')}`);
    area.setAttribute('d', `M${first},${height}L${points.join('L')}L${width},${height}Z`);
    picture.setAttribute('aria-label', `${label}: now ${value}, at most ${top} in the last minutes`);
  };
  return { picture, add };
}

const cells = 60;

/** One cell a health check, the newest on the right. @param {{ status: string, checked_at: string }[]} checks newest first */
export function strip(checks) {
  const shown = checks.slice(0, cells).reverse();
  const rects = Array.from({ length: cells }, (_, at) => {
    const check = shown[at - (cells - shown.length)];
    const rect = svg('rect', {
      x: at * 10,
      y: 0,
      width: 8,
      height: 16,
      rx: 1.5,
      class: check?.status ?? 'unknown',
    });
    if (check !== undefined) {
      const title = svg('title');
      title.textContent = `${check.status}, ${new Date(check.checked_at).toLocaleString()}`;
      rect.append(title);
    }
    return rect;
  });
  const picture = {
    class: 'strip',
    viewBox: `0 0 ${cells * 10} 16`,
    preserveAspectRatio: 'none',
    role: 'img',
  };
  const bad = shown.filter(({ status }) => status !== 'healthy').length;
  return svg(
    'svg',
    { ...picture, 'aria-label': `${shown.length} last checks, ${bad} of them not healthy` },
    ...rects,
  );
}
