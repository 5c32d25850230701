import { startPrivateS3 } from '../../dev/servers/private-s3.mjs';
import { difference } from '../probes/measure-run.mjs';
import { readsAndWrites } from '../probes/s3-operations.mjs';
import { untilAtRest } from '../rig/at-rest.mjs';
import { startCountingProxy } from '../rig/counting-proxy.mjs';
import { samplePhotos } from '../rig/photos.mjs';

const files = 20;
const generationMs = 500;

/** @param {Record<string, number>} counts @param {number} by */
const each = (counts, by) =>
  Object.fromEntries(
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([operation, count]) => [operation, count / by]),
  );

/**
 * What a paid file and a download of its model ask of S3. Restarts the services on an S3 server of their own, so it comes last.
 * @param {import('../rig/open-rig.mjs').Rig} rig @param {(text: string) => void} log
 */
export async function measureS3(rig, log) {
  const { dir, signal, gateway } = rig;
  const s3 = await startPrivateS3({ dir, log, signal });
  const url = new URL(s3.url);
  const proxy = await startCountingProxy(url.searchParams.get('endpoint') ?? '');
  try {
    url.searchParams.set('endpoint', proxy.origin);
    const waiting = await rig.redis.zcard('i2m:active');
    await rig.restart({ STORAGE_URL: url.href, ...s3.env });
    await rig.fal.setDuration(generationMs);
    const before = proxy.counts();
    const id = await gateway.upload(samplePhotos(files), { provider: 'fal' });
    await untilAtRest(rig, waiting);
    await gateway.requireCompleted(id);
    const made = proxy.counts();
    for (let idx = 0; idx < files; idx += 1)
      await (await gateway.request('GET', `/v1/batches/${id}/files/${idx}/model`)).arrayBuffer();
    const downloads = difference(proxy.counts(), made);
    const perFile = each(difference(made, before), files);
    return {
      files,
      perFile,
      ...readsAndWrites(perFile),
      perDownload: readsAndWrites(each(downloads, files)).reads,
    };
  } finally {
    proxy.stop();
    await s3.stop({ fast: true });
  }
}
