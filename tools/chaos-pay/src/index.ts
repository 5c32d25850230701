export type { Outcome, Scenario, ScenarioRun } from './scenario.js';
export { scenarios } from './scenarios/scenarios.js';
export { ledgerViolations } from './checks/ledger-violations.js';
export type { PaidFile } from './rig/views.js';
