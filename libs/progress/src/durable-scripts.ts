/**
 * Scripts whose loss with a failed master somebody would notice: what they did is told to a client, paid for, or acked to
 * RabbitMQ right after them. They wait for REDIS_WAIT_REPLICAS; what they wait for holds everything written before.
 * The others are done again from what these left (leases, cursors, progress, indexes).
 */
export const durableScripts: ReadonlySet<string> = new Set([
  // answered by HTTP
  'activate_batch',
  'append_files',
  'seal_batch',
  'request_cancel',
  'hold_batch',
  'unhold_batch',
  'edit_batch',
  'ask_retry',
  'delete_batch',
  'redeliver',
  // in front of money and behind it; a token that was given away must never be given away again
  'claim_files',
  'intend_file',
  'bind_intent',
  'refund_generation',
  'doubt_intent',
  // acked behind them
  'conclude_files',
  'finish_files',
  'condemn_file',
  'cancel_waiting',
  'cancel_unheld',
  'retry_files',
  'recount_batch',
  'put_back_file',
  'add_dead_letter',
  'move_dead_letter',
  'open_deliveries',
  'note_delivery',
]);
