import { attachment, keptName, modelPath, safeBase } from './file-names.js';

it.each([
  ['a.jpg', 'a.jpg'],
  ['../../etc/passwd', '../../etc/passwd'],
  ['a\r\nb\0c\u007f\u0085.png', 'abc.png'],
  ['😀.webp', '😀.webp'],
  ['x'.repeat(300), 'x'.repeat(255)],
  ['é'.repeat(200), 'é'.repeat(127)],
  ['😀'.repeat(100), '😀'.repeat(63)],
  ['', ''],
])('keeps %j as text of at most 255 bytes', (sent, kept) => expect(keptName(sent)).toBe(kept));

it.each([
  ['chair.jpg', 'chair'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\photos\\red chair.JPEG', 'red chair'],
  ['..', 'model'],
  ['.htaccess', 'htaccess'],
  ['a<b>:"|?*.png', 'a_b______'],
  ['Stühle – 1.png', 'Stühle _ 1'],
  ['', 'model'],
  [null, 'model'],
  ['CON.jpg', '_CON'],
  ['nul', '_nul'],
  ['com1.tar.png', '_com1.tar'],
  ['lpt² .jpg', '_lpt²'],
  ['console.jpg', 'console'],
  ['e\u0301te\u0301.jpg', 'été'],
  ['\u202egpj.exe', '_gpj'],
])('makes a safe base of %j', (name, base) => expect(safeBase(name)).toBe(base));

it('gives every model of a batch its own path, whatever the names', () => {
  expect(modelPath(7, '../x.jpg')).toBe('000007-x.glb');
  expect(modelPath(123_456, null)).toBe('123456-model.glb');
});

it('quotes the name of a download', () => {
  expect(attachment('a"b\\c\r\n.glb')).toBe(
    `attachment; filename="a_b_c__.glb"; filename*=UTF-8''a%22b%5Cc%0D%0A.glb`,
  );
  expect(attachment("é'(1).glb")).toBe(
    `attachment; filename="_'(1).glb"; filename*=UTF-8''%C3%A9%27%281%29.glb`,
  );
});
