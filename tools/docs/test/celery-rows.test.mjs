import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { celeryRows, missingTests } from '../lib/celery-rows.mjs';

test('every row of the Celery design has a test that names it', () => {
  assert.equal(celeryRows.length, 17);
  assert.deepEqual(
    celeryRows.filter(({ tests }) => tests.length === 0).map(({ original }) => original),
    [],
  );
  assert.deepEqual(missingTests(fileURLToPath(new URL('../../..', import.meta.url))), []);
});
