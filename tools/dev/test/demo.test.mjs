import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Board } from '../demo/board.mjs';
import { parseEvent, readEvents } from '../demo/event-stream.mjs';
import { modelNames } from '../demo/photos.mjs';
import { renderBoard } from '../demo/render.mjs';
import { resultTable } from '../demo/table.mjs';
import { fit, textWidth } from '../demo/text-width.mjs';

const terminal = { columns: 60, rows: 30, color: false };
const event = (/** @type {string} */ name, /** @type {object} */ data) => ({ id: null, event: name, data });

test('a board follows events, and a late progress does not wake a settled file', () => {
  const board = new Board(['a.png', 'b.png']);
  board.apply(event('file.started', { idx: 0 }));
  board.apply(event('file.progress', { idx: 0, progress: 40, stage: 'mesh' }));
  assert.equal(board.progress, 20);
  board.apply(event('file.failed', { idx: 0, error: { code: 'input.truncated', message: 'it ends early' } }));
  board.apply(event('file.progress', { idx: 0, progress: 50, stage: 'mesh' }));
  assert.equal(board.rows[0]?.status, 'failed');
  assert.equal(board.rows[0]?.reason, 'input.truncated: it ends early');
  board.apply(event('file.started', { idx: 7 }));
  board.apply(event('batch.completed', { status: 'partial' }));
  assert.equal(board.finalStatus, 'partial');
});

test('every line of the picture keeps within the terminal, whatever the names and the width', () => {
  const board = new Board(['a.png', '猫の写真とても長い名前とても長い名前.jpg', '🚀🚀.png', 'n'.repeat(200)]);
  board.apply(event('file.failed', { idx: 1, error: { code: 'input.too_large', message: 'm'.repeat(300) } }));
  for (const columns of [20, 35, 60, 80, 200]) {
    const lines = renderBoard(board, { ...terminal, columns }, 1000);
    assert.equal(lines.length, 5);
    if (columns >= 60)
      assert.ok(
        lines.every((line) => textWidth(line) < columns),
        `${columns} columns`,
      );
  }
});

test('of many files the active ones are shown, and the batch', () => {
  const board = new Board(Array.from({ length: 60 }, (_, i) => `p${i}.jpg`));
  board.apply(event('file.started', { idx: 30 }));
  board.apply(event('file.completed', { idx: 2 }));
  const lines = renderBoard(board, terminal, 5000);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^p30\.jpg .*started$/);
  assert.match(lines[1] ?? '', /^batch .*1 of 60, 5 s$/);
  for (let idx = 0; idx < 60; idx += 1) board.apply(event('file.started', { idx }));
  assert.equal(
    renderBoard(board, { ...terminal, rows: 10 }, 0).length,
    8,
    'no more than the terminal has room for',
  );
});

test('colours only when they are wanted', () => {
  const board = new Board(['a.png']);
  assert.ok(!renderBoard(board, terminal, 0).join('').includes('\u001b'));
  assert.ok(
    renderBoard(board, { ...terminal, color: true }, 0)
      .join('')
      .includes('\u001b[36m'),
  );
});

test('texts are cut and filled by columns', () => {
  assert.equal(textWidth('é猫🚀'), 5);
  assert.equal(fit('abc', 5), 'abc  ');
  assert.equal(fit('abcdef', 5), 'abcd…');
  assert.equal(textWidth(fit('猫猫猫猫', 6)), 6);
});

test('models are named after their photos, inside the folder, each name once', () => {
  assert.deepEqual(modelNames(['/x/a.jpg', '/x/A.png', '/x/a.webp', '/x/..jpg', '/x/b.c.jpeg']), [
    'a.glb',
    'A-2.glb',
    'a-3.glb',
    '_.glb',
    'b.c.glb',
  ]);
  const [long = ''] = modelNames([`/x/${'ü'.repeat(125)}.jpg`]);
  assert.ok(Buffer.byteLength(long) <= 255);
});

test('events are read across chunks, with comments and both line ends', async () => {
  const bytes = Buffer.from(
    ': hi\n\nid: 1-0\nevent: file.started\ndata: {"idx":\ndata: 0}\n\nevent: x\r\ndata: {"é":1}\r\n\r\ndata: {"cut"',
  );
  const chunks = Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1));
  const events = [];
  for await (const read of readEvents(
    (async function* () {
      yield* chunks;
    })(),
    () => {},
  ))
    events.push(read);
  assert.deepEqual(events, [
    { id: '1-0', event: 'file.started', data: { idx: 0 } },
    { id: null, event: 'x', data: { é: 1 } },
  ]);
  assert.equal(parseEvent(': heartbeat'), null);
});

test('the table has a row for each file, with its reason', () => {
  const file = { idx: 0, name: 'a', progress: 100, stage: null };
  const table = resultTable(
    [
      {
        ...file,
        status: 'completed',
        model: { bytes: 1_500_000, sha256: 'x', faces: 49_999 },
        error: null,
        processing_ms: 2345,
      },
      {
        ...file,
        idx: 1,
        status: 'failed',
        model: null,
        error: { code: 'c', message: 'm' },
        processing_ms: null,
      },
    ],
    ['a.png', 'b.png'],
  );
  assert.deepEqual(table.split('\n'), [
    'file   status      faces    MB  seconds',
    'a.png  completed  49,999  1.50      2.3',
    'b.png  failed                            c: m',
  ]);
});
