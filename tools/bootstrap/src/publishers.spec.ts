import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contracts from '@image2model/contracts';
import { z } from 'zod';

const { publishedBy, services } = contracts;
const apps = join(__dirname, '../../../apps');
const call = /\bpublish(?:Many|Delayed)?\(\s*(\w+)\s*,/g;
const messageSchema = z.object({ type: z.string(), kind: z.enum(['task', 'event']) });

/** The types of the messages that are named in a call of `publish…` somewhere in the sources of a service. */
function publishedIn(service: string): string[] {
  const src = join(apps, service, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
  );
  const exported: Readonly<Record<string, unknown>> = contracts;
  const named = files.flatMap((name) => [...readFileSync(join(src, name), 'utf8').matchAll(call)]);
  const types = named.flatMap(([, name = '']) => messageSchema.safeParse(exported[name]).data?.type ?? []);
  return [...new Set(types)];
}

test.each(services)('%s publishes what its rights say, and nothing else', (service) => {
  expect(publishedIn(service).toSorted()).toEqual(publishedBy(service).toSorted());
});
