import type { Command } from 'commander';
import { defineGroup } from '../define-command.js';
import { auditCommand, cancelCommand, pauseCommand, resumeCommand, retryCommand } from './batches-control.js';
import { downloadCommand } from './batches-download.js';
import { listCommand, showCommand } from './batches-show.js';
import { watchCommand } from './batches-watch.js';

/** `i2m batches`. */
export const batchesCommand = (): Command =>
  defineGroup('batches', 'Batches: list, show, watch, cancel, pause, resume, retry, download, audit.', [
    listCommand(),
    showCommand(),
    watchCommand(),
    cancelCommand(),
    pauseCommand(),
    resumeCommand(),
    retryCommand(),
    downloadCommand(),
    auditCommand(),
  ]);
