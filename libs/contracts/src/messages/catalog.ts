import type { MessageType } from '../envelope.js';
import { alertDeliver } from './alert-deliver.js';
import { alertSend } from './alert-send.js';
import { batchCancelRequested } from './batch-cancel-requested.js';
import { batchCompleted } from './batch-completed.js';
import { batchSubmitted } from './batch-submitted.js';
import { deadLetterRedrive } from './dead-letter-redrive.js';
import { fileSettled } from './file-settled.js';
import { generationNotified } from './generation-notified.js';
import { maintenanceEraseBatch } from './maintenance-erase-batch.js';
import { maintenanceRun } from './maintenance-run.js';
import { messageDeadLettered } from './message-dead-lettered.js';
import { modelGenerate } from './model-generate.js';
import { webhookDeliver } from './webhook-deliver.js';
import { webhookGather } from './webhook-gather.js';

/** Every message of the system; the documents are generated from this list. */
export const messageCatalog: readonly MessageType[] = [
  batchSubmitted,
  batchCancelRequested,
  modelGenerate,
  generationNotified,
  fileSettled,
  batchCompleted,
  messageDeadLettered,
  deadLetterRedrive,
  webhookGather,
  webhookDeliver,
  alertSend,
  alertDeliver,
  maintenanceRun,
  maintenanceEraseBatch,
];
