import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import asyncapi from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';

const generated = (name) => fileURLToPath(new URL(`../../../docs/generated/${name}`, import.meta.url));

test('asyncapi.json is a valid AsyncAPI document', async () => {
  const parser = new asyncapi.Parser();
  const { document, diagnostics } = await parser.parse(await readFile(generated('asyncapi.json'), 'utf8'));
  assert.deepEqual(
    diagnostics
      .filter(({ severity }) => severity === 0)
      .map(({ message, path }) => [message, path.join('.')]),
    [],
  );
  assert.ok(document?.operations().length);
});

test('openapi.json is a valid OpenAPI document', async () => {
  const result = await new Validator().validate(
    JSON.parse(await readFile(generated('openapi.json'), 'utf8')),
  );
  assert.deepEqual(result, { valid: true });
});
