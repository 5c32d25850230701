import { fromS3 } from './s3-error.js';

const thrown = (name: string, status?: number, code?: string): Error =>
  Object.assign(new Error('secret words'), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    ...(code === undefined ? {} : { code }),
    $response: { headers: { 'x-amz-security-token': 'secret' } },
  });

it.each([
  [thrown('NoSuchKey', 404), 'not_found', 'k: NoSuchKey (404)'],
  [thrown('NotFound', 404), 'not_found', 'k: NotFound (404)'],
  [thrown('NoSuchBucket', 404), 'unavailable', 'k: NoSuchBucket (404)'],
  [thrown('PreconditionFailed', 412), 'exists', 'k: PreconditionFailed (412)'],
  [thrown('ConditionalRequestConflict', 409), 'exists', 'k: ConditionalRequestConflict (409)'],
  [thrown('AccessDenied', 403), 'denied', 'k: AccessDenied (403)'],
  [thrown('CredentialsProviderError'), 'denied', 'k: CredentialsProviderError'],
  [thrown('XMinioStorageFull', 507), 'no_space', 'k: XMinioStorageFull (507)'],
  [thrown('QuotaExceeded', 403), 'no_space', 'k: QuotaExceeded (403)'],
  [thrown('SlowDown', 503), 'unavailable', 'k: SlowDown (503)'],
  [thrown('InternalError', 500), 'unavailable', 'k: InternalError (500)'],
  [thrown('PermanentRedirect', 301), 'unavailable', 'k: PermanentRedirect (301)'],
  [thrown('TimeoutError'), 'unavailable', 'k: TimeoutError'],
  [thrown('Error', undefined, 'ECONNREFUSED'), 'unavailable', 'k: ECONNREFUSED'],
  [
    thrown('Error', undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    'unavailable',
    'k: DEPTH_ZERO_SELF_SIGNED_CERT',
  ],
  [Object.assign(new Error('wrapped'), { $metadata: { attempts: 4 } }), 'unavailable', 'k: no answer'],
])('%s becomes %s', (error, code, message) => {
  const translated = fromS3(error, 'k');
  expect(translated).toMatchObject({ name: 'StorageError', code, message });
  expect((translated as Error).cause).toBeUndefined();
});

it('keeps the name of what it does not know, and nothing of the request', () => {
  const translated = fromS3(thrown('InvalidRange', 416), 'k');
  expect(translated).toMatchObject({ name: 'InvalidRange', message: 'k: InvalidRange (416)' });
  expect(translated).not.toHaveProperty('$response');
});

it('lets through what is not from object storage', () => {
  const bug = new TypeError('x is not a function');
  expect(fromS3(bug, 'k')).toBe(bug);
  expect(fromS3('text', 'k')).toBe('text');
});
