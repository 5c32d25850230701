import { standInEndpoints } from './endpoints.js';
import { HttpAnswer } from './http-answer.js';
import type { Job } from './job.js';

/** Outside every allow-list that has only fal's hosts. */
const foreignHost = 'https://models.example.com';

const unprocessable = (loc: readonly string[], msg: string, type: string): HttpAnswer =>
  new HttpAnswer(
    422,
    { detail: [{ loc, msg, type, url: `https://docs.fal.ai/errors#${type}` }] },
    { 'x-fal-retryable': 'false' },
  );

/** @returns what went wrong with a completed job; null: it has a model */
export function failureOf(job: Job): HttpAnswer | null {
  const field = standInEndpoints[job.endpoint]?.imageField ?? 'image_url';
  if (job.state === 'cancelled')
    return new HttpAnswer(499, { detail: 'Request was cancelled', error_type: 'client_cancelled' });
  switch (job.fault) {
    case 'image_load_error':
      return unprocessable(['body', field], 'Failed to load the image.', 'image_load_error');
    case 'content_policy':
      return unprocessable(
        ['body', field],
        'The content could not be processed because it contained material flagged by a content checker.',
        'content_policy_violation',
      );
    case 'runner_error':
      return new HttpAnswer(
        500,
        { detail: 'Runner exited unexpectedly', error_type: 'runner_server_error' },
        { 'x-fal-error-type': 'runner_server_error' },
      );
    default:
      return null;
  }
}

/** What a result says of the job's files. */
export interface FileFacts {
  /** Address of a path under v3.fal.media, in the form that is configured. */
  fileUrl(path: string): string;
  fileBytes(job: Job, name: string): number;
}

/** What the model answered when all went well. */
export function outputOf(job: Job, files: FileFacts): object {
  const endpoint = standInEndpoints[job.endpoint];
  if (job.fault === 'no_model' || endpoint === undefined) return { task_id: job.requestId };
  const at = (name: string): string => {
    const path = `/files/models/${job.requestId}/${name}`;
    return job.modelFault === 'foreign_host' ? `${foreignHost}${path}` : files.fileUrl(path);
  };
  const types: Record<string, string> = { glb: 'application/octet-stream', zip: 'application/zip' };
  return endpoint.output(
    (name) => ({
      url: at(name),
      content_type: types[name.split('.').at(-1) ?? ''] ?? 'image/jpeg',
      file_name: name,
      file_size: files.fileBytes(job, name),
    }),
    job.input,
    job.requestId,
  );
}
