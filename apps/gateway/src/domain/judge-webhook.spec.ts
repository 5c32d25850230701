import { judgeWebhook } from './judge-webhook.js';

const rules = { signed: true, allow: ['127.0.0.1:9999'] };
const faultOf = (url: unknown, over = {}): string | undefined =>
  judgeWebhook({ webhook_url: url }, { ...rules, ...over })[0]?.message;

it.each([undefined, null, 'https://example.com/hook', 'http://example.com:8080/', 'http://127.0.0.1:9999/'])(
  'takes %j',
  (url) => expect(faultOf(url)).toBeUndefined(),
);

it.each([
  ['no url', /not a URL/],
  ['ftp://example.com/', /http:\/\/ or https/],
  ['https://me:secret@example.com/', /user name or a password/],
  ['https://example.com:25/', /port/],
  ['http://127.1/', /loopback/],
  ['http://[::ffff:10.0.0.1]/', /public address/],
  ['http://metadata.localhost/', /loopback/],
  [`https://example.com/${'x'.repeat(2_100)}`, /2048 characters; got 2120/],
])('refuses %s, saying why', (url, why) => {
  expect(faultOf(url)).toMatch(why);
  expect(faultOf(url)).not.toContain('secret');
});

it('says what is missing when nothing can be signed', () => {
  expect(faultOf('https://example.com/', { signed: false })).toMatch(/I2M_WEBHOOK_SECRET/);
  expect(faultOf(null, { signed: false })).toBeUndefined();
});

it('wants a URL for its events', () => {
  expect(judgeWebhook({ webhook_events: ['file.failed'] }, rules)).toEqual([
    { path: 'webhook_events', message: 'is for batches with a webhook_url' },
  ]);
});
