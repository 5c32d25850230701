const cell = (value) =>
  String(value ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');

/** A markdown table. */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The first lines of every generated page. */
export const page = (title, ...parts) =>
  [`# ${title}`, '_Generated from the code by `npm run docs`; do not edit._', ...parts].join('\n\n') + '\n';

export const code = (text) => `\`${text}\``;
