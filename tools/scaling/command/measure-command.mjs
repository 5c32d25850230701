import { openBenchFolder } from '../../bench/command/bench-folder.mjs';
import { busyWarning, describeMachine, loadNow, machineLine } from '../../bench/measure/machine.mjs';
import { exitCodes } from '../../dev/processes/exit-codes.mjs';
import { writeJson } from '../../dev/processes/write-atomic.mjs';
import { constantsFile } from '../constants/read-constants.mjs';
import { constantsSchema } from '../constants/schema.mjs';
import { rounded } from '../constants/rounded.mjs';
import { measureBatches, warmUp } from '../phases/measure-batches.mjs';
import { measureEmbedded } from '../phases/measure-embedded.mjs';
import { measureIdle } from '../phases/measure-idle.mjs';
import { measurePaid } from '../phases/measure-paid.mjs';
import { measureS3 } from '../phases/measure-s3.mjs';
import { measureStreams } from '../phases/measure-streams.mjs';
import { measureUploads } from '../phases/measure-uploads.mjs';
import { refillDocument } from '../report/refill-document.mjs';
import { openRig } from '../rig/open-rig.mjs';

/**
 * @typedef {import('./measure-flags.mjs').MeasureFlags} MeasureFlags
 * @typedef {{ signal: AbortSignal, log: (text: string) => void }} CommandContext
 * @typedef {import('../rig/open-rig.mjs').Rig} Rig
 */

/** Everything, in an order in which nothing disturbs what comes after it. @param {Rig} rig @param {(text: string) => void} tell @param {(text: string) => void} log */
async function measureAll(rig, tell, log) {
  await warmUp(rig);
  tell('nothing, for ten seconds');
  const { idle, connections, standing, usage } = await measureIdle(rig);
  const { measured: batches, last } = await measureBatches(rig, idle, usage, tell);
  tell('photos of a camera');
  const uploads = await measureUploads(rig, idle, last);
  const paid = await measurePaid(rig, idle, tell);
  tell('the embedded generator');
  const { embedded, downloads } = await measureEmbedded(rig, idle);
  const streams = await measureStreams(rig, tell);
  tell('requests to S3');
  const s3 = await measureS3(rig, log);
  const mbPerThread = Math.max(0, embedded.workerMb - (standing.rssMb['worker'] ?? 0)) / embedded.threads;
  const othersCpus = batches.reduce((sum, each) => sum + each.othersCpus, 0) / batches.length;
  return {
    othersCpus,
    ...{ idle: standing, connections, batches, uploads, downloads, streams, paid, s3 },
    embedded: { ...embedded, mbPerThread },
  };
}

/** @param {(text: string) => void} log @returns {(text: string) => void} with the time since now */
function withTime(log) {
  const started = performance.now();
  return (text) => log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text} …`);
}

/** @param {MeasureFlags} flags @param {CommandContext & { dir: string }} context */
async function measure({ allowInstall }, { dir, signal, log }) {
  const load = loadNow();
  const started = performance.now();
  const tell = withTime(log);
  const rig = await openRig({ dir, log, signal, allowInstall });
  try {
    const machine = await describeMachine({ amqpUrl: rig.urls.amqpUrl, redis: rig.redis, load });
    log(machineLine(machine));
    log(busyWarning(machine) ?? 'the machine is quiet');
    const { othersCpus, ...constants } = await measureAll(rig, tell, log);
    const { cpu, cores, memory_gb: memoryGb, node, rabbitmq, redis } = machine;
    const minutes = (performance.now() - started) / 60_000;
    const day = new Date().toISOString().slice(0, 10);
    const measured = { day, cpu, cores, memoryGb, node, rabbitmq, redis, othersCpus, minutes };
    return constantsSchema.parse(rounded({ measured, ...constants }));
  } finally {
    await rig.stop();
  }
}

/**
 * `npm run scale:measure`
 * @param {MeasureFlags} flags @param {CommandContext} context
 * @returns {Promise<number>} exit code
 */
export async function measureCommand(flags, context) {
  const folder = await openBenchFolder(context.log);
  try {
    const constants = await measure(flags, { ...context, dir: folder.dir });
    const file = flags.json ?? constantsFile;
    writeJson(file, constants);
    context.log(`✓ ${file} after ${constants.measured.minutes} min`);
    if (flags.keep) context.log(`✓ ${await refillDocument(constants)}`);
    return exitCodes.ok;
  } finally {
    folder.remove();
  }
}
