import type { NormalisedImage } from '@image2model/images';

/** The submit that an image is for. */
export interface ImageOrder {
  batchId: string;
  idx: number;
  intent: string;
}

/** How the provider gets the image of a submit. */
export interface ProviderImages {
  /** @returns its URL, which no other submit has. @throws Failure */
  offer(order: ImageOrder, image: NormalisedImage, signal: AbortSignal): Promise<string>;
}

/** Images that the gateway serves: whoever fetches one was given its URL by the submit. */
export interface LinkedImages extends ProviderImages {
  /** The file has ended: nobody has a use for its images. What cannot be removed goes with its batch. */
  drop(batchId: string, idx: number): Promise<void>;
}
