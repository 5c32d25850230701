export { scenarios } from './scenarios/scenarios.js';
export { withClusters } from './rig/clusters.js';
