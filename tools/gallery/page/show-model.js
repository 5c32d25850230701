/* global customElements, document, createImageBitmap, requestAnimationFrame, btoa, window, fetch */

const backdrop = '#f3f2ef';
const quality = 0.82;

/**
 * Loads a model and draws it from each view, and its photo small.
 * @param {{ model: string, photo: string, views: { name: string, around: number, down: number }[], side: number, thumbnailSide: number }} what
 * @returns {Promise<Record<string, string>>} WebP pictures in base64 by view; `photo` is the thumbnail
 */
window.showModel = async ({ model, photo, views, side, thumbnailSide }) => {
  await customElements.whenDefined('model-viewer');
  // Else a slow machine gets fewer pixels.
  customElements.get('model-viewer').minimumRenderScale = 1;
  const viewer = document.createElement('model-viewer');
  viewer.style.cssText = `display: block; width: ${side}px; height: ${side}px`;
  viewer.setAttribute('environment-image', 'neutral');
  viewer.setAttribute('shadow-intensity', '0.7');
  viewer.setAttribute('shadow-softness', '0.9');
  viewer.setAttribute('interaction-prompt', 'none');
  viewer.setAttribute('field-of-view', '28deg');
  const loaded = new Promise((resolve, reject) => {
    viewer.addEventListener('load', resolve, { once: true });
    viewer.addEventListener('error', (event) => reject(new Error(`${model}: ${event.detail?.type}`)), {
      once: true,
    });
  });
  viewer.setAttribute('src', model);
  document.body.replaceChildren(viewer);
  await loaded;
  const pictures = { photo: await drawPhoto(photo, thumbnailSide) };
  for (const { name, around, down } of views) {
    viewer.cameraOrbit = `${around}deg ${down}deg 105%`;
    await settleCamera(viewer);
    pictures[name] = await drawBitmap(await createImageBitmap(await viewer.toBlob()), side);
  }
  return pictures;
};

/** Until the camera stands still, at its goal, for a few frames. */
async function settleCamera(viewer) {
  await viewer.updateComplete;
  let before = '';
  for (let still = 0; still < 5;) {
    viewer.jumpCameraToGoal();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const now = `${viewer.getCameraOrbit()} ${viewer.getFieldOfView()}`;
    still = now === before ? still + 1 : 0;
    before = now;
  }
}

async function drawPhoto(url, longest) {
  const answer = await fetch(url);
  return drawBitmap(await createImageBitmap(await answer.blob()), longest);
}

/** Over the plain backdrop, its longest side scaled to `longest`. */
async function drawBitmap(bitmap, longest) {
  const scale = longest / Math.max(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext('2d');
  context.fillStyle = backdrop;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/webp', quality));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
