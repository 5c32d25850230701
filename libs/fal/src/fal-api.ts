import type { Failure } from '@image2model/contracts';
import type { FalHandle } from './fal-handle.js';

/** What became of a paid submit. */
export type SubmitAnswer =
  | { outcome: 'accepted'; handle: FalHandle; position: number | null }
  /** proof that nothing was accepted: a 4xx but 408, or no connection */
  | { outcome: 'refused'; failure: Failure }
  /** kind `ambiguous`: the request may have been accepted, and must not be sent again blindly */
  | { outcome: 'unknown'; failure: Failure };

export type FalStatus =
  | { state: 'queued'; position: number | null }
  | { state: 'running' }
  /** ended, well or badly: the result tells */
  | { state: 'completed' };

/** A request as fal's listing shows it. */
export interface ListedRequest {
  requestId: string;
  /** every web address in its input */
  imageUrls: string[];
  sentAtMs: number | null;
}

/**
 * fal.ai. Calls throw a Failure of the kind that says what to do; an aborted signal throws its reason. No failure's
 * message holds the key or a URL.
 */
export interface FalApi {
  /** @returns the URL by which fal finds the image */
  upload(image: { bytes: Uint8Array; type: string; name: string }, signal: AbortSignal): Promise<string>;
  /** Sends exactly one POST and waits 20 s for its answer at most. Never throws. */
  submit(request: {
    endpoint: string;
    input: Record<string, unknown>;
    webhookUrl?: string | undefined;
  }): Promise<SubmitAnswer>;
  status(handle: FalHandle, signal: AbortSignal): Promise<FalStatus>;
  /** The output of an ended request; look into it with `pickModel`. */
  result(handle: FalHandle, signal: AbortSignal): Promise<unknown>;
  /** Only a request that was still queued is surely free after `requested`. */
  cancel(handle: FalHandle, signal: AbortSignal): Promise<'requested' | 'already_completed' | 'not_found'>;
  /** All pages of the requests that were sent to an endpoint in a window of time. */
  listing(
    endpoint: string,
    window: { fromMs: number; toMs: number },
    signal: AbortSignal,
  ): Promise<ListedRequest[]>;
  /** For a request that a webhook or the listing told of. */
  handleFor(endpoint: string, requestId: string): FalHandle;
}

export interface FalOptions {
  key: string;
  /** a stand-in on loopback */
  origin?: string | undefined;
  /** how long a submit may take; default 20 s */
  submitLimitMs?: number;
  /** how long any other call may take; default 30 s */
  callLimitMs?: number;
  /** how long an upload may take; default 120 s */
  uploadLimitMs?: number;
}
