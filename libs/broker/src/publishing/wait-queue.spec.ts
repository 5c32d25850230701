import { WaitQueue } from './wait-queue.js';

it('is first in, first out over many steps, with what is put back at the front', () => {
  const queue = new WaitQueue<number>();
  const model: number[] = [];
  for (let i = 0; i < 30_000; i++) {
    if (i % 3 < 2) {
      queue.push(i);
      model.push(i);
    } else if (i % 5_001 === 2) {
      queue.restore([-i, i]);
      model.unshift(-i, i);
    } else expect(queue.shift()).toBe(model.shift());
    if (i % 1_000 === 0) expect([queue.size, queue.peek()]).toEqual([model.length, model[0]]);
  }
  while (model.length > 0) expect(queue.shift()).toBe(model.shift());
  expect([queue.shift(), queue.peek(), queue.size]).toEqual([undefined, undefined, 0]);
});
