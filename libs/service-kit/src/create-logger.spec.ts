import { createLogger, type LogLevel } from './create-logger.js';

function record(level: LogLevel = 'info') {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const logger = createLogger({
    service: 'gateway',
    instance: 'h-1-ab12',
    level,
    secrets: ['super-secret-1'],
    write,
  });
  return { lines, logger };
}

describe('createLogger', () => {
  it('writes one JSON object a line with the common fields first and the bound meta', () => {
    const { lines, logger } = record();
    logger.child({ batchId: 'bat_1' }).child({ fileIdx: 3 }).info('settled', { outcome: 'completed' });
    expect(Object.keys(lines[0] ?? {}).slice(0, 5)).toEqual([
      'timestamp',
      'level',
      'service',
      'instance',
      'message',
    ]);
    expect(lines[0]).toMatchObject({
      level: 'info',
      service: 'gateway',
      instance: 'h-1-ab12',
      message: 'settled',
      batchId: 'bat_1',
      fileIdx: 3,
      outcome: 'completed',
    });
  });

  it('honours the level and shows stacks at debug only', () => {
    const quiet = record('info');
    quiet.logger.debug('no');
    quiet.logger.error('yes', { error: new Error('bad') });
    expect(quiet.lines).toHaveLength(1);
    expect(quiet.lines[0]?.['error']).toEqual({ name: 'Error', message: 'bad' });

    const loud = record('debug');
    loud.logger.debug('yes', { error: new Error('bad') });
    expect(loud.lines[0]?.['error']).toHaveProperty('stack');
  });

  it('keeps a meta field from posing as a common one', () => {
    const { lines, logger } = record();
    logger.info('hello', { message: 'other', level: 'error', service: 'x' });
    expect(lines[0]).toMatchObject({
      message: 'hello',
      level: 'info',
      service: 'gateway',
      meta_message: 'other',
    });
  });

  it('redacts the message and the meta', () => {
    const { lines, logger } = record();
    logger.warn('got super-secret-1', { authorization: 'Bearer abcdefghij', note: 'super-secret-1' });
    expect(JSON.stringify(lines)).not.toMatch(/super-secret-1|abcdefghij/);
  });
});

it('changes its level and that of its children while it is used; stacks appear at debug only', () => {
  const lines: string[] = [];
  const logger = createLogger({
    ...{ service: 's', instance: 'i', level: 'info' as const },
    write: (line) => void lines.push(line),
  });
  const child = logger.child({ a: 1 });
  const error = new Error('broken');
  child.debug('no');
  child.info('without', { error });
  logger.level = 'debug';
  child.debug('with', { error });
  logger.level = 'error';
  child.warn('no');
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { message: 'without', error: { message: 'broken' } },
    { message: 'with', a: 1, error: { stack: expect.stringContaining('create-logger.spec') as string } },
  ]);
  expect(lines[0]).not.toContain('stack');
  expect(logger.level).toBe('error');
});
