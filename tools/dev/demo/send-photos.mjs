import { basename, relative } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { withoutControls } from '../services/log-line.mjs';
import { Board } from './board.mjs';
import { followBatch } from './follow-batch.mjs';
import { GatewayClient, Refusal } from './gateway-client.mjs';
import { modelNames } from './photos.mjs';
import { saveResults } from './results.mjs';
import { resultTable } from './table.mjs';

/**
 * @typedef {object} SendOptions
 * @property {string[]} photos
 * @property {string} out absolute
 * @property {number | undefined} faceLimit
 * @property {import('../services/system.mjs').SystemState} state
 * @property {import('./screen.mjs').Screen} screen
 * @property {AbortSignal} signal
 */

/** The embedded provider unless somebody says otherwise: a demo must not spend money because FAL_KEY is set. @param {number | undefined} faceLimit */
const batchFields = (faceLimit) => ({
  provider: process.env['I2M_PROVIDER'] || 'embedded',
  ...(faceLimit === undefined ? {} : { settings: JSON.stringify({ face_limit: faceLimit }) }),
});

/**
 * The reasons of a refusal, one line each, with the photo they are about.
 * @param {Refusal} refusal @param {string[]} names
 */
function reasons({ problem, message }, names) {
  const lines = (problem.errors ?? []).map(({ path, message: text }) => {
    const name = names[Number(/^images\[(\d+)\]/.exec(path)?.[1] ?? NaN)] ?? path;
    return `  ${text.startsWith(`${name}: `) ? '' : `${name}: `}${text}`;
  });
  return [message, ...lines].join('\n');
}

/** Whether the images are what the gateway does not want. @param {Refusal} refusal */
const isAboutImages = ({ status, problem }) =>
  status === 422 &&
  (problem.errors ?? []).length > 0 &&
  (problem.errors ?? []).every(({ path }) => path.startsWith('images['));

/**
 * The demo proper: photos in, models out, and a table of what became of each.
 * @param {SendOptions} options
 * @returns {Promise<number>} exit code
 */
export async function sendPhotos({ photos, out, faceLimit, state, screen, signal }) {
  const client = new GatewayClient({ url: state.gateway_url, apiKey: state.api_keys[0] ?? '', signal });
  const names = photos.map((photo) => withoutControls(basename(photo)));
  try {
    const { id } = await client.createBatch(photos, batchFields(faceLimit));
    const board = new Board(names);
    screen.show(board);
    await followBatch({ client, id, board });
    screen.end();
    const files = await client.files(id);
    await saveResults({ client, id, out, names: modelNames(photos), files });
    const done = files.filter(({ status }) => status === 'completed').length;
    screen.log(
      `\n${resultTable(files, names)}\n\n${done} of ${files.length} models in ${relative(process.cwd(), out) || '.'}`,
    );
    return done === files.length ? exitCodes.ok : exitCodes.someFilesFailed;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new CommandError(
      reasons(error, names),
      isAboutImages(error) ? exitCodes.someFilesFailed : exitCodes.failed,
    );
  }
}
