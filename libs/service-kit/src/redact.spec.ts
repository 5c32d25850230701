import { createRedactor } from './redact.js';

const redact = createRedactor(['planted-value-123'], { stacks: false });

describe('createRedactor', () => {
  it.each([
    ['redis://:hunter2@host:6379/3', 'redis://:[redacted]@host:6379/3'],
    ['amqps://svc:p4ss@host/vh', 'amqps://svc:[redacted]@host/vh'],
    ['GET https://cdn.x/y.png?sig=abc&e=1 failed', 'GET https://cdn.x/y.png?[redacted] failed'],
    ['Authorization: Bearer i2m_0123abcd_zzzzzzzzzzzz', 'Authorization: Bearer [redacted]'],
    ['Key 0a1b2c3d-0000-1111-2222-333344445555:0123456789abcdef0123', 'Key [redacted]'],
    ['id 0a1b2c3d-0000-1111-2222-333344445555:0123456789abcdef0123', 'id [redacted]'],
    ['key i2m_0123abcd_AbC-_dEfGhIjKlMnOp is unknown', 'key i2m_0123abcd_[redacted] is unknown'],
    ['it says planted-value-123!', 'it says [redacted]!'],
    ['http://127.0.0.1:8080/v1/batches', 'http://127.0.0.1:8080/v1/batches'],
    ['task f:bat_0123:4:1 at 12:30', 'task f:bat_0123:4:1 at 12:30'],
  ])('%s', (given, expected) => {
    expect(redact(given)).toBe(expected);
  });

  it.each([
    'authorization',
    'Authorization',
    'x-api-key',
    'Cookie',
    'set-cookie',
    'FAL_KEY',
    'apiKey',
    'password',
  ])('never shows a field called %s', (name) => {
    expect(redact({ headers: { [name]: 'anything' } })).toEqual({ headers: { [name]: '[redacted]' } });
  });

  it('writes errors by allow list, causes too, stacks only when asked', () => {
    const cause = Object.assign(new Error('connect redis://:hunter2@h'), {
      code: 'ECONNREFUSED',
      request: { body: 'x' },
    });
    const error = Object.assign(new TypeError('no', { cause }), { config: { headers: {} } });
    expect(redact({ error })).toEqual({
      error: {
        name: 'TypeError',
        message: 'no',
        cause: { name: 'Error', message: 'connect redis://:[redacted]@h', code: 'ECONNREFUSED' },
      },
    });
    expect(createRedactor([], { stacks: true })(error)).toHaveProperty('stack');
  });

  it('ends with circular, deep, long and binary values', () => {
    const circular: Record<string, unknown> = { batchId: 'bat_1' };
    circular['self'] = circular;
    expect(() => JSON.stringify(redact(circular))).not.toThrow();
    expect(String(redact('x'.repeat(10_000))).length).toBeLessThan(4_100);
    expect(redact({ body: Buffer.from('secret') })).toEqual({ body: '[6 bytes]' });
    expect(redact(12n)).toBe('12');
  });

  it('does not leave half a secret where a long text is cut', () => {
    const text = `${'x'.repeat(3_980)} planted-value-123 ${'y'.repeat(100)}`;
    expect(redact(text)).not.toContain('planted');
  });
});
