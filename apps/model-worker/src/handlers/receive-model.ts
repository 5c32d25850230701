import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { bytesPerMegabyte, Failure } from '@image2model/contracts';
import { isFalDownloadHost, pickModel, routeFalUrl, type FalApi } from '@image2model/fal';
import { ModelRefused, type ModelChecker } from '@image2model/models';
import type { ModelResult } from '@image2model/progress';
import { FetchError, type SafeFetch } from '@image2model/safe-fetch';
import { failpoint } from '@image2model/service-kit';
import type { ModelStore } from '../domain/model-store.js';
import type { Generation, PaidFile } from '../domain/paid-file.js';
import type { ProgressSink } from '../domain/progress-sink.js';

interface Deps {
  api: Pick<FalApi, 'result'>;
  /** asks download hosts of the provider only */
  fetchUrl: SafeFetch;
  origin: string | undefined;
  checker: ModelChecker;
  store: Pick<ModelStore, 'keep' | 'keepRejected'>;
  progressWriter: ProgressSink;
  mostBytes: number;
}

/** Custody: the model of an ended generation is fetched, looked at and kept. */
export class ModelReceiver {
  constructor(private readonly deps: Deps) {}

  /** @throws Failure; the reason of the claim's signal */
  async receive(file: PaidFile, { handle, intent }: Generation): Promise<ModelResult> {
    const { batch, holding, endpoint, settings, claim } = file;
    const { signal } = claim;
    const { api, progressWriter, store } = this.deps;
    const { idx } = holding;
    progressWriter.set(batch.id, { idx, stage: 'downloading', percent: 92 });
    const { url, bytes } = pickModel(endpoint, await api.result(handle, signal));
    failpoint('worker.38.result-read');
    const raw = await this.download(url, bytes, signal);
    failpoint('worker.39.model-downloaded');
    progressWriter.set(batch.id, { idx, stage: 'verifying', percent: 96 });
    const { glb, faces, vertices } = await this.check(file, raw);
    failpoint('worker.40.model-checked');
    const { face_limit: faceLimit } = settings;
    const origin = {
      provider: 'fal',
      endpoint: endpoint.id,
      request_id: handle.requestId,
      intent,
      faceLimit,
    };
    return store.keep({ batchId: batch.id, idx, glb, faces, vertices, origin });
  }

  private async download(text: string, announced: number | null, signal: AbortSignal): Promise<Buffer> {
    const { origin, mostBytes, fetchUrl } = this.deps;
    if (!URL.canParse(text) || !isFalDownloadHost(new URL(text), origin)) throw foreignHost();
    if (announced !== null && announced > mostBytes) throw tooLarge(mostBytes);
    try {
      return await fetchUrl(routeFalUrl(text, origin), { maxBytes: mostBytes, signal }, ({ body }) =>
        buffer(Readable.from(body)),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FetchError)) throw error;
      throw downloadFailure(error, mostBytes);
    }
  }

  private async check(
    file: PaidFile,
    raw: Buffer,
  ): Promise<{ glb: Uint8Array; faces: number; vertices: number }> {
    const { settings, batch, holding, claim } = file;
    const want = {
      faceLimit: settings.face_limit,
      // without the setting the provider decides
      texture: settings.texture === 'standard' || settings.texture === 'HD',
      gate: settings.quality_gate !== false,
    };
    try {
      return await this.deps.checker.check(raw, want, claim.signal);
    } catch (error) {
      claim.signal.throwIfAborted();
      if (!(error instanceof ModelRefused)) throw error;
      await this.deps.store.keepRejected(batch.id, holding.idx, raw);
      throw new Failure('quality', error.message, { code: error.code, cause: error });
    }
  }
}

const foreignHost = (): Failure =>
  new Failure('quality', 'the model lies on a host that is not one of fal', {
    code: 'quality.download_host',
  });

/** fal's own server misbehaves, or somebody between us and it. */
function downloadFailure(error: FetchError, mostBytes: number): Failure {
  const message = `the model could not be fetched: ${error.message}`;
  switch (error.fault) {
    case 'too_large':
      return tooLarge(mostBytes);
    case 'not_found':
      return new Failure('expired', message, { code: 'expired.model' });
    case 'forbidden':
    case 'redirects':
      return foreignHost();
    default:
      return error.retryable
        ? new Failure('transient', message, { code: 'transient.download', cause: error })
        : new Failure('quality', message, { code: 'quality.download', cause: error });
  }
}

const tooLarge = (mostBytes: number): Failure =>
  new Failure('quality', `the model has more than ${mostBytes / bytesPerMegabyte} MB, which is the limit`, {
    code: 'quality.too_large',
  });
