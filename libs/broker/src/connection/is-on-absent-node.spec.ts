import { isOnAbsentNode } from './is-on-absent-node.js';

it('tells a queue whose node is away from one that is missing', () => {
  const said = (text: string): Error =>
    new Error(`Operation failed: QueueDeclare; 404 (NOT-FOUND) with message "${text}"`);
  expect(
    isOnAbsentNode(
      said("NOT_FOUND - home node 'a@b' of durable queue 'q' in vhost '/' is down or inaccessible"),
    ),
  ).toBe(true);
  expect(isOnAbsentNode(said("NOT_FOUND - no queue 'q' in vhost '/'"))).toBe(false);
});
