import { painter } from './paint.js';
import { table } from './table.js';
import { textWidth } from './text-width.js';

const columns = [
  { title: 'N', of: (row: [number, string]) => String(row[0]), align: 'right' as const },
  { title: 'NAME', of: (row: [number, string]) => row[1], flexible: true },
];

test('columns align, wide characters count twice, and what others sent stays inert', () => {
  const text = table(
    columns,
    [
      [1, '靴'],
      [100, 'a\u001b[2Jb'],
    ],
    { width: 80, paint: painter(false) },
  );
  expect(text).toBe('  N  NAME\n  1  靴\n100  a [2Jb');
});

test('a table fits the terminal: flexible columns give way', () => {
  const text = table(columns, [[1, 'x'.repeat(200)]], { width: 40, paint: painter(false) });
  expect(
    text
      .split('\n')
      .map(textWidth)
      .every((width) => width <= 40),
  ).toBe(true);
  expect(text).toContain('…');
});

test('colours only where they are wanted', () => {
  const red = [{ title: 'A', of: () => 'x', tone: () => 'bad' as const }];
  expect(table(red, [1], { width: 80, paint: painter(true) })).toContain('\u001b[31mx');
  expect(table(red, [1], { width: 80, paint: painter(false) })).not.toContain('\u001b');
});
