import { startReceiver, type Receiver } from './receiver.js';

describe('startReceiver', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const post = (body: unknown): Promise<Response> =>
    fetch(`${receiver.url}/hook`, { method: 'POST', body: JSON.stringify(body) });

  it('records requests and answers as told', async () => {
    receiver.reply((_request, index) =>
      index === 0 ? 503 : { status: 302, headers: { location: '/elsewhere' } },
    );
    expect((await post({ n: 1 })).status).toBe(503);
    expect((await fetch(receiver.url, { method: 'POST', body: '{"n":2}', redirect: 'manual' })).status).toBe(
      302,
    );
    expect(receiver.bodies()).toEqual([{ n: 1 }, { n: 2 }]);
    expect((await receiver.waitForRequests(2))[0]).toMatchObject({ method: 'POST', path: '/hook' });
  });

  it('goes down and comes back on the same port', async () => {
    await receiver.down();
    await expect(post({})).rejects.toThrow();
    await receiver.up();
    expect((await post({})).status).toBe(200);
    receiver.reply(() => 'cut');
    await expect(post({})).rejects.toThrow();
  });
});
