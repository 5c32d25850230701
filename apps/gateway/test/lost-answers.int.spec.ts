import { newBatchId } from '@image2model/contracts';
import type { ApiReply } from '../src/domain/route.js';
import type { PromisingParts } from '../src/handlers/promise-batch.js';
import { startCreating, type Creating } from './support/creating.js';

let creating: Creating;
beforeAll(async () => {
  creating = await startCreating(-1);
});
afterAll(() => creating.close());

type Batches = PromisingParts['batches'];
const lost = (): never => {
  throw new Error('Command timed out');
};
/** An activation whose answer nobody hears. @param first what happens before it @param really whether it happens */
const deaf = (really: boolean, first: () => Promise<unknown> = async () => undefined): Batches => {
  const { batches } = creating.progress;
  return {
    stage: (batch, files) => batches.stage(batch, files),
    activate: async (id) => {
      await first();
      if (really) await batches.activate(id);
      return lost();
    },
    get: async () => lost(),
  };
};
const idOf = (reply: ApiReply): string =>
  'json' in reply ? (reply.json as { id: string }).id : String(reply.status);
const states = async (): Promise<Record<string, string>> => {
  const { batches } = await creating.progress.batches.list('t', { limit: 100 });
  return Object.fromEntries(batches.map(({ id, state }) => [id, state]));
};
const changed = async (act: () => Promise<void>): Promise<Record<string, string>> => {
  const before = await states();
  await act();
  return Object.fromEntries(Object.entries(await states()).filter(([id]) => !(id in before)));
};

describe('an activation whose answer is lost', () => {
  it('is found out with a key: the batch stays, and its repeat gets the same', async () => {
    let id = '';
    const after = await changed(async () => {
      const reply = await creating.create('a', { batches: deaf(true) });
      id = idOf(reply);
      expect(reply.status).toBe(202);
      expect(idOf(await creating.create('a'))).toBe(id);
    });
    expect(after).toEqual({ [id]: 'running' });
  });

  it('that never happened frees the key, and leaves nothing', async () => {
    let id = '';
    const after = await changed(async () => {
      await expect(creating.create('b', { batches: deaf(false) })).rejects.toThrow('timed out');
      id = idOf(await creating.create('b'));
    });
    expect(after).toEqual({ [id]: 'running' });
  });

  it('without a key is taken back: nobody heard of that batch', async () => {
    const after = await changed(() =>
      expect(creating.create(undefined, { batches: deaf(true) })).rejects.toThrow('timed out'),
    );
    expect(Object.values(after)).toEqual(['cancelling']);
  });
});

it('a request that was overtaken by its repeat just before the activation creates nothing', async () => {
  const { batches } = creating.progress;
  let winner = '';
  const overtaken: Batches = {
    stage: (batch, files) => batches.stage(batch, files),
    get: (tenant, id) => batches.get(tenant, id),
    activate: async (id) => {
      winner = idOf(await creating.create('c'));
      return batches.activate(id);
    },
  };
  const after = await changed(() =>
    expect(creating.create('c', { batches: overtaken })).rejects.toMatchObject({ status: 503 }),
  );
  expect(after).toEqual({ [winner]: 'running' });
  expect(idOf(await creating.create('c'))).toBe(winner);
});

it('one whose key was taken over a moment ago creates nothing either', async () => {
  const { batches, idempotency } = creating.progress;
  const key = { tenant: 't', key: 'e' };
  const stolen: Batches = {
    stage: (batch, files) => batches.stage(batch, files),
    get: (tenant, id) => batches.get(tenant, id),
    activate: async (id) => {
      expect(await idempotency.begin(key, newBatchId())).toEqual({ status: 'began', replaced: id });
      return batches.activate(id);
    },
  };
  const after = await changed(() =>
    expect(creating.create('e', { batches: stolen })).rejects.toMatchObject({ status: 503 }),
  );
  expect(after).toEqual({});
});

it.each(['d1', 'd2', 'd3', 'd4', 'd5'])(
  'one that was overtaken before its record says so (%s)',
  async (key) => {
    let winner = '';
    const { batches } = creating.progress;
    const slow: Batches = {
      stage: async (batch, files) => {
        winner = idOf(await creating.create(key));
        await batches.stage(batch, files);
      },
      get: (tenant, id) => batches.get(tenant, id),
      activate: (id) => batches.activate(id),
    };
    const after = await changed(() =>
      expect(creating.create(key, { batches: slow })).rejects.toMatchObject({
        status: 409,
        code: 'idempotency_in_flight',
      }),
    );
    expect(after).toEqual({ [winner]: 'running' });
  },
);
