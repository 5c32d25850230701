import { laneWindow } from './lane-window.js';
import { RateMeter } from './rate-meter.js';

test.each([
  [0, 0, 64],
  [100, 0, 200],
  [8, 50, 100],
  [8, 10_000, 2_000],
])('%i slots at %i files/s: %i messages', (slots, rate, expected) => {
  expect(laneWindow(slots, rate)).toBe(expected);
});

test('the meter follows a steady rate and forgets it', () => {
  const meter = new RateMeter();
  for (let ms = 0; ms <= 10_000; ms += 100) meter.add(ms === 0 ? 0 : 10, ms);
  expect(meter.perSecond()).toBeGreaterThan(90);
  expect(meter.perSecond()).toBeLessThan(110);
  meter.add(0, 60_000);
  expect(meter.perSecond()).toBeLessThan(1);
  meter.add(5, 60_000);
  expect(meter.perSecond()).toBeLessThan(1);
});
