import { callerOf, parseApiKeys } from './api-keys.js';

const secret = (letter: string): string => letter.repeat(43);
const first = `i2m_0000000a_${secret('A')}`;
const second = `i2m_0000000b_${secret('B')}`;

describe('parseApiKeys', () => {
  it('takes keys with and without a tenant', () => {
    const { keys, problems } = parseApiKeys(` acme:${first} , ${second}`, { ops: true });
    expect(problems).toEqual([]);
    expect(keys.map(({ id, tenant }) => [id, tenant])).toEqual([
      ['0000000a', 'acme'],
      ['0000000b', '0000000b'],
    ]);
    expect(JSON.stringify(keys)).not.toContain(secret('A'));
  });

  it.each([
    'i2m_short',
    `i2m_0000000G_${secret('A')}`,
    `i2m_0000000a_${secret('A')}A`,
    `a b:${first}`,
    `:${first}`,
    'acme:',
    '',
  ])('names the place of a bad entry, not its text: %s', (bad) => {
    const { keys, problems } = parseApiKeys(`${second},${bad}`, { ops: true });
    expect(keys).toHaveLength(1);
    expect(problems).toEqual([expect.stringMatching(/^entry 2 /)]);
    expect(problems[0]).not.toContain('AAA');
  });

  it('refuses two keys that are known by the same digits', () => {
    expect(parseApiKeys(`${first},i2m_0000000a_${secret('C')}`, { ops: true }).problems).toHaveLength(1);
  });
});

describe('callerOf', () => {
  const keys = [
    ...parseApiKeys(`acme:${first}`, { ops: true }).keys,
    ...parseApiKeys(second, { ops: false }).keys,
  ];
  it('knows its keys', () => {
    expect(callerOf(`Bearer ${first}`, keys)).toEqual({ tenant: 'acme', keyId: '0000000a', ops: true });
    expect(callerOf(`bearer  ${second}`, keys)).toEqual({
      tenant: '0000000b',
      keyId: '0000000b',
      ops: false,
    });
  });

  it.each([
    undefined,
    '',
    'Bearer',
    first,
    `Basic ${first}`,
    `Bearer ${first}x`,
    `Bearer i2m_0000000a_${secret('B')}`,
    `Bearer i2m_0000000c_${secret('A')}`,
    `Bearer ${first} x`,
  ])('knows nobody by %s', (header) => expect(callerOf(header, keys)).toBeNull());
});
