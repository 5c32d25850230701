import {
  newApiKey,
  photo,
  publishBytes,
  startSystem,
  uploadForm,
  waitFor,
  type System,
} from '@image2model/testing';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Chromium, where the tests' set-up found or installed it (tools/dev/jest-global-setup.mjs). */
function browserPath(): string {
  const path = process.env['I2M_TEST_BROWSER'];
  if (path === undefined)
    throw new Error('Chromium is needed for this test (Debian: apt-get install chromium)');
  return path;
}

const evil = `<img src=x onerror="document.title='broken in'">.jpg`;
let system: System;
let clientKey: string;
beforeAll(async () => {
  clientKey = newApiKey();
  system = await startSystem({ env: { I2M_NOOP_MS: '600000', I2M_CLIENT_KEYS: clientKey } });
});
afterAll(() => system.stop());

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(system.gatewayUrl + path, { headers });

describe('the files of the page', () => {
  it('come without a key, with a strict policy, and once', async () => {
    const answer = await ask('/ops');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const etag = answer.headers.get('etag') ?? '';
    expect((await ask('/ops', { 'if-none-match': etag })).status).toBe(304);
    expect((await ask('/ops/main.js', { 'if-none-match': etag })).status).toBe(200);
    const named = [...(await answer.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(named).toContain('/ops/main.js');
    for (const path of named) expect([path, (await ask(path)).status]).toEqual([path, 200]);
    for (const path of ['/ops/nothing.js', '/ops/..%2fmain.js', '/ops/%2e%2e/main.js'])
      expect((await ask(path)).status).toBe(404);
  });
});

describe('/ops', () => {
  let browser: Browser;
  let page: Page;
  const wrong: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1_440, height: 1_100 }, colorScheme: 'dark' });
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) wrong.push(message.text());
    });
  });
  afterAll(() => browser.close());

  const text = async (selector: string): Promise<string> => (await page.textContent(selector)) ?? '';
  const shows = (selector: string, what: RegExp): Promise<true> =>
    waitFor(async () => what.test(await text(selector)), { timeoutMs: 30_000, what: `${selector}: ${what}` });
  const signIn = async (key: string): Promise<void> => {
    await page.fill('#key', key);
    await page.press('#key', 'Enter');
  };

  it('refuses a wrong key and one of a client, and says so', async () => {
    await page.goto(`${system.gatewayUrl}/ops`);
    await signIn(newApiKey());
    await shows('#refused', /A valid API key is needed/);
    await signIn(clientKey);
    await shows('#refused', /no scope ops/);
    expect(await page.isVisible('#board')).toBe(false);
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
  });

  it('shows an operator what is: a running batch, a dead letter with its body, workers, queues, events', async () => {
    const name = { name: evil, bytes: await photo() };
    const files = [name, ...[1, 2, 3].map((n) => ({ ...name, name: `chair-${n}.jpg` }))];
    const body = uploadForm(files, { provider: 'noop', name: 'Spring catalogue' });
    expect((await system.client.request('POST', '/v1/batches', { body })).status).toBe(202);
    await publishBytes(system.amqpUrl, 'tasks', 'model.generate.low', Buffer.from('{"not": "a task <b>"}'));
    await signIn(system.apiKey);
    await shows('#link', /live/);
    await shows('#backlog', /4 files/);
    await shows('#tasks', /chair-3\.jpg/);
    await shows('#health', /healthy|degraded|critical/);
    await shows('#workers', /model-worker.*model\.generate/);
    await shows('#queues', /model-worker\.model\.generate\.high/);
    await shows('#lanes', /high.*open.*normal.*low/);
    await shows('#feed', /batch\.accepted/);
    await shows('#dead-letters summary', /model-worker\.model\.generate\.low/);
    await page.focus('#dead-letters summary');
    await page.keyboard.press('Enter');
    await shows('#dead-letters pre', /a task <b>/);
  });

  it('shows markup in a name as the text that it is', async () => {
    expect(await text('#tasks')).toContain(evil);
    expect(await page.locator('#tasks img, #dead-letters b, #feed img').count()).toBe(0);
    expect(await page.title()).toBe('image2model · operations');
  });

  it('fits a telephone, in light and dark', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.setViewportSize({ width: 1_440, height: 1_100 });
  });

  it('says for how long it is disconnected, and comes back by itself', async () => {
    await page.context().setOffline(true);
    await system.restart('gateway');
    await shows('#link', /disconnected for \d+ s/);
    await page.context().setOffline(false);
    await shows('#link', /^live$/);
    await system.client.request('POST', '/v1/ops/lanes/low/pause');
    await shows('#feed', /lane\.paused/);
    await shows('#lanes', /low.*paused for/);
  });

  it('broke no rule of its policy meanwhile, and forgets the key when told to', async () => {
    expect(wrong).toEqual([]);
    await page.click('#leave');
    expect(await page.isVisible('#enter')).toBe(true);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });
});
