import { Dealer } from './dealer.js';

const deal = (batches: [tenant: string, id: string][], turns: number): string[] => {
  const dealer = new Dealer<{ tenant: string; id: string }>();
  for (const [tenant, id] of batches) dealer.add({ tenant, id });
  return Array.from({ length: turns }, () => dealer.next()?.id ?? '-');
};

test('tenants take turns, then the batches of a tenant', () => {
  expect(
    deal(
      [
        ['a', 'a1'],
        ['a', 'a2'],
        ['a', 'a3'],
        ['b', 'b1'],
      ],
      8,
    ),
  ).toEqual(['a1', 'b1', 'a2', 'b1', 'a3', 'b1', 'a1', 'b1']);
});

test('a finished batch leaves the row', () => {
  const dealer = new Dealer<{ tenant: string; id: string }>();
  dealer.add({ tenant: 'a', id: 'a1' });
  dealer.add({ tenant: 'a', id: 'a2' });
  dealer.next();
  dealer.remove('a2');
  dealer.remove('unknown');
  expect([dealer.next()?.id, dealer.next()?.id, dealer.size]).toEqual(['a1', 'a1', 1]);
  dealer.remove('a1');
  expect([dealer.next(), dealer.size]).toEqual([undefined, 0]);
});
