export { createFalApi } from './create-fal-api.js';
export {
  type FalApi,
  type FalOptions,
  type FalStatus,
  type ListedRequest,
  type SubmitAnswer,
} from './fal-api.js';
export { checkFalImages, falConfig } from './fal-config.js';
export { type FalEndpoint, type SettingsFault } from './endpoints/fal-endpoint.js';
export { defaultFalEndpoint, falEndpointOf, falEndpoints } from './endpoints/fal-endpoints.js';
export { falHandleSchema, type FalHandle } from './fal-handle.js';
export { falGovernorName, falLimits } from './fal-governor.js';
export { isFalDownloadHost, routeFalUrl } from './fal-hosts.js';
export { openProviderImageToken, providerImagePath } from './provider-image-token.js';
export { judgeFalSettings } from './judge-fal-settings.js';
export { priceOfFile } from './price-of-file.js';
export { pickModel } from './pick-model.js';
export { createWebhookVerifier, type WebhookVerdict, type WebhookVerifier } from './webhook-verifier.js';
export { type WebhookCall } from './verify-webhook.js';
export { openWebhookToken, webhookPath, webhookToken } from './webhook-token.js';
