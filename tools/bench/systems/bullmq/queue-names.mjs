export const queueNames = { files: 'files', batches: 'batches' };
