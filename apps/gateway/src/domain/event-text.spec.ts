import { eventText } from './event-text.js';

it('events are one line of data', () => {
  expect(eventText('x', { text: 'a\nb' }, '1-0')).toBe('id: 1-0\nevent: x\ndata: {"text":"a\\nb"}\n\n');
  expect(eventText('x', 1)).toBe('event: x\ndata: 1\n\n');
});
