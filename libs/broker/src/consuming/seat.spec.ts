import { Seat } from './seat.js';

const seatWithLog = (): { seat: Seat; log: number[] } => {
  const log: number[] = [];
  return { seat: new Seat((by) => log.push(by)), log };
};

it('rests once however often it is asked to, and wakes once', () => {
  const { seat, log } = seatWithLog();
  const wake = seat.rest();
  expect(seat.rest()).toBe(wake);
  wake();
  wake();
  expect(log).toEqual([1, -1]);
});

it('may rest again; the end of an earlier rest does not end a later one', () => {
  const { seat, log } = seatWithLog();
  const wake = seat.rest();
  wake();
  seat.rest();
  wake();
  expect(log).toEqual([1, -1, 1]);
});

it('rests no longer than its handler runs, and not after it', () => {
  const { seat, log } = seatWithLog();
  seat.rest();
  seat.end();
  seat.rest()();
  seat.end();
  expect(log).toEqual([1, -1]);
});
