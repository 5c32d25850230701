export type { CheckedModel, WantedModel } from './check-model.js';
export { ModelRefused, type ModelRefusalCode } from './model-refused.js';
export {
  createModelChecker,
  type ModelChecker,
  type ModelCheckerOptions,
} from './threads/create-model-checker.js';
export { serveModelChecks } from './threads/serve-model-checks.js';
