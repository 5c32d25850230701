import { deadLetterStates } from '@image2model/contracts';
import { DeadLetters } from '../src/dead-letters.js';
import { allScripts } from '../src/define-script.js';
import { mostBodyBytes, type DeadLetter } from '../src/index.js';
import { progress, raw } from './support/store.js';

const letter = (more: Partial<DeadLetter> = {}): DeadLetter => ({
  queue: 'q',
  reason: 'not_json: the body is not JSON',
  messageId: 'm',
  batchId: null,
  fileIdx: null,
  headers: { 'i2m-reason': 'not_json' },
  body: Buffer.from('{ no json'),
  redriveOf: null,
  redelivered: false,
  ...more,
});
const letters = () => progress.deadLetters;
const added = async (more: Partial<DeadLetter> = {}): Promise<string> =>
  (await letters().add(letter(more))).id;
const by = 'key:1';

beforeEach(() => raw.flushdb());

test('keeps queue, reason, headers and body; text as text, the rest as base64, at most a megabyte of it', async () => {
  const id = await added({ batchId: 'bat_1', fileIdx: 0 });
  expect(await letters().get(id)).toMatchObject({
    ...{ id, queue: 'q', messageId: 'm', batchId: 'bat_1', fileIdx: 0, state: 'open', bodyBytes: 9 },
    ...{ headers: { 'i2m-reason': 'not_json' }, body: '{ no json', encoding: 'utf8', repairedBody: null },
    ...{ by: null, detail: null, stateAtMs: null, redriveOf: null, diedAgainAs: null },
  });
  const bytes = Buffer.from([0xff, 0xfe, 0]);
  expect(await letters().get(await added({ body: bytes }))).toMatchObject({
    body: bytes.toString('base64'),
    encoding: 'base64',
  });
  const long = await letters().get(await added({ body: Buffer.alloc(mostBodyBytes + 5, 'x') }));
  expect(long?.body).toHaveLength(mostBodyBytes);
  expect(long?.bodyBytes).toBe(mostBodyBytes + 5);
  const many = { 'i2m-error': 'why', foreign: 'x'.repeat(70_000) };
  expect((await letters().get(await added({ headers: many })))?.headers).toEqual({ 'i2m-error': 'why' });
  expect(await letters().get('dl_none')).toBeNull();
});

test('a delivery that comes again is listed once; an equal message is another one', async () => {
  const first = await letters().add(letter());
  // the broker counts its deliveries in a header
  const headers = { ...letter().headers, 'x-delivery-count': 1 };
  expect(await letters().add(letter({ headers, redelivered: true }))).toEqual({ ...first, fresh: false });
  const equal = await letters().add(letter());
  expect(equal).toMatchObject({ fresh: true, redriveOf: null });
  expect(equal.id).not.toBe(first.id);
  expect(await letters().counts()).toEqual({ open: 2, redriving: 0, redriven: 0, discarded: 0 });
});

test('lists newest first, by state, queue and reason, page by page', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1)
    ids.unshift(await added({ messageId: `m${n}`, queue: n % 2 === 0 ? 'even' : 'odd', reason: `r${n}: x` }));
  const page = async (below?: string) =>
    letters().list('open', { limit: 2, ...(below === undefined ? {} : { below }) });
  const seen: string[] = [];
  for (let at = await page(); ; at = await page(at.next ?? '')) {
    seen.push(...at.letters.map(({ id }) => id));
    if (at.next === null) break;
  }
  expect(seen).toEqual(ids);
  const odd = await letters().list('open', { limit: 10, queue: 'odd' });
  expect(odd.letters.map(({ messageId }) => messageId)).toEqual(['m3', 'm1']);
  expect((await letters().list('open', { limit: 10, reason: 'r4' })).letters).toHaveLength(1);
  expect(await letters().list('discarded', { limit: 10 })).toEqual({ letters: [], next: null });
});

test('moves only from the state that it is thought to be in', async () => {
  const id = await added();
  expect(await letters().redriven(id, 'x')).toBe('open');
  const both = await Promise.all([1, 2].map(() => letters().beginRedrive(id, { by, repaired: '{"new":1}' })));
  expect(both.sort()).toEqual(['ok', 'redriving']);
  expect(await letters().get(id)).toMatchObject({ state: 'redriving', by, repairedBody: '{"new":1}' });
  expect(await letters().discard(id, by)).toBe('redriving');
  expect(await letters().waits(id, 'until then', 3)).toBe('ok');
  expect(await letters().get(id)).toMatchObject({ detail: 'until then', run: 3, repairedBody: '{"new":1}' });
  expect(await letters().reopen(id, 'its queue is gone')).toBe('ok');
  expect(await letters().get(id)).toMatchObject({ state: 'open', detail: 'its queue is gone', run: null });
  expect(await letters().beginRedrive(id, { by })).toBe('ok');
  expect(await letters().get(id)).toMatchObject({ repairedBody: null, detail: null });
  expect(await letters().redriven(id, 'sent')).toBe('ok');
  expect(await letters().beginRedrive(id, { by })).toBe('redriven');
  const other = await added();
  expect(await letters().discard(other, 'key:2')).toBe('ok');
  expect(await letters().get(other)).toMatchObject({ state: 'discarded', by: 'key:2' });
  expect(await letters().counts()).toEqual({ open: 0, redriving: 0, redriven: 1, discarded: 1 });
  expect(await letters().beginRedrive('dl_none', { by })).toBe('missing');
});

test('a redrive that dies again is known: by what its message says, or by the file that was retried', async () => {
  const first = await added();
  await letters().beginRedrive(first, { by });
  const again = await letters().add(letter({ redriveOf: first }));
  expect(again.redriveOf).toBe(first);
  await letters().redriven(first, 'sent');
  expect(await letters().get(first)).toMatchObject({ state: 'redriven', diedAgainAs: again.id });
  expect(await letters().get(again.id)).toMatchObject({ state: 'open', redriveOf: first });
  // what a message says is believed of a letter that was redriven, and of no other
  expect((await letters().add(letter({ redriveOf: again.id }))).redriveOf).toBeNull();
  expect((await letters().add(letter({ redriveOf: 'dl_none' }))).redriveOf).toBeNull();

  const file = { batchId: 'bat_1', fileIdx: 4 };
  const poison = await added(file);
  await letters().beginRedrive(poison, { by });
  await letters().redriven(poison, 'run 2', true);
  expect((await letters().add(letter({ ...file, fileIdx: 5 }))).redriveOf).toBeNull();
  expect((await letters().add(letter(file))).redriveOf).toBe(poison);
  expect((await letters().add(letter(file))).redriveOf).toBeNull();
});

test('is kept short: what nobody waits for goes first, then the oldest; its bytes are bounded too', async () => {
  const client = raw.duplicate({ scripts: allScripts() });
  const few = new DeadLetters(client, { entries: 3, bytes: 10_000 });
  const add = async (messageId: string, size = 1): Promise<string> =>
    (await few.add(letter({ messageId, body: Buffer.alloc(size, 'x') }))).id;
  const there = async (): Promise<string[]> => {
    const found = await Promise.all(deadLetterStates.map((state) => few.list(state, { limit: 10 })));
    return found.flatMap((page) => page.letters.map(({ messageId }) => messageId)).sort();
  };
  await add('a');
  const [b, c] = [await add('b'), await add('c')];
  await few.beginRedrive(b, { by });
  await few.redriven(b, 'sent');
  await few.discard(c, by);
  await add('d');
  expect(await there()).toEqual(['a', 'b', 'd']);
  await add('e');
  expect(await there()).toEqual(['a', 'd', 'e']);
  await add('f');
  expect(await there()).toEqual(['d', 'e', 'f']);
  await add('large', 9_950);
  expect(await there()).toEqual(['large']);
  await client.quit();
});

test('what is old is forgotten with all that belongs to it', async () => {
  const [a, b] = [await added({ messageId: 'a' }), await added({ batchId: 'bat_1', fileIdx: 0 })];
  await letters().beginRedrive(b, { by, repaired: '{}' });
  await letters().redriven(b, 'sent', true);
  expect(await letters().trim(Date.now() - 60_000)).toBe(0);
  expect(await letters().trim(Date.now() + 60_000)).toBe(2);
  expect([await letters().get(a), await letters().get(b)]).toEqual([null, null]);
  expect(await raw.hget('i2m:{dead-letters}:meta', 'bytes')).toBe('0');
  expect(await raw.keys('i2m:{dead-letters}:*')).toEqual(['i2m:{dead-letters}:meta']);
});
