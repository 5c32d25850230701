/* global fetch, sessionStorage, TextDecoderStream, AbortController, AbortSignal, setTimeout, clearTimeout */

const place = 'i2m-ops-key';
const patienceMs = 10_000;

/** The key lives as long as the tab, and nowhere else. */
export const keyOf = () => sessionStorage.getItem(place);
export const keepKey = (key) => sessionStorage.setItem(place, key);
export const forgetKey = () => sessionStorage.removeItem(place);

/** What the API refused, in its own words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function open(path, headers, signal) {
  const answer = await fetch(path, {
    headers: { authorization: `Bearer ${keyOf() ?? ''}`, ...headers },
    cache: 'no-store',
    signal,
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, problem.detail ?? `The API answered ${answer.status}.`);
}

/** @throws Refused, or TypeError while nobody answers */
export async function get(path) {
  return (await open(`/v1/ops/${path}`, {}, AbortSignal.timeout(patienceMs))).json();
}

/** Longer than two heartbeats of the stream: it is dead. */
const silenceMs = 40_000;

/**
 * Reads the feed until it breaks. @param {string | null} after id of the last event that was seen
 * @param {(event: { id: string | undefined, event: string, data: object }) => void} onEvent
 * @param {() => void} onLife with everything that comes, heartbeats too @param {AbortSignal} leave
 */
export async function follow(after, onEvent, onLife, leave) {
  const stop = new AbortController();
  const end = () => stop.abort();
  leave.addEventListener('abort', end, { once: true });
  let silence;
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(end, silenceMs);
    onLife();
  };
  try {
    const headers = { accept: 'text/event-stream', ...(after === null ? {} : { 'last-event-id': after }) };
    const answer = await open('/v1/ops/events', headers, stop.signal);
    let text = '';
    for await (const chunk of chunksOf(answer.body.pipeThrough(new TextDecoderStream()))) {
      alive();
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event !== null) onEvent(event);
      }
    }
  } finally {
    clearTimeout(silence);
    leave.removeEventListener('abort', end);
  }
}

async function* chunksOf(stream) {
  const reader = stream.getReader();
  for (let turn = await reader.read(); !turn.done; turn = await reader.read()) yield turn.value;
}

function parse(block) {
  const fields = Object.fromEntries(
    block.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 2)]] : [];
    }),
  );
  if (fields.data === undefined) return null;
  return { id: fields.id, event: fields.event ?? 'message', data: JSON.parse(fields.data) };
}
