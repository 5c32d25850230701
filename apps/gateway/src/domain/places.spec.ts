import { createPlaces } from './places.js';

it('takes what fits, and anything when it is empty', () => {
  const places = createPlaces(10);
  const first = places.take(7);
  expect(places.take(4)).toBeNull();
  const second = places.take(3);
  expect(second).not.toBeNull();
  first?.();
  first?.();
  expect(places.take(8)).toBeNull();
  second?.();
  expect(places.take(99)).not.toBeNull();
  expect(places.take(1)).toBeNull();
});
