/**
 * The parts that connectProgress puts together, for the search for holes (tools/model-tests), which gives them
 * connections, clocks and script texts of its own. Services use the front door.
 */
export { Attempts } from './attempts.js';
export { BatchControls } from './batch-controls.js';
export { BatchEdits } from './batch-edits.js';
export { Batches } from './batches.js';
export { allScripts } from './define-script.js';
export { keys } from './keys.js';
export { Ledger } from './ledger.js';
export { LanesIndex, needsFanOut } from './lanes-index.js';
export { Retries } from './retries.js';
export { Settlements } from './settlements.js';
