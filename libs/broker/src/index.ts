export { connectBroker } from './connect-broker.js';
export { declareTopology } from './declare-topology.js';
export {
  type Broker,
  type BrokerOptions,
  type BrokerState,
  type RawDelivery,
  type RawMessage,
  type Route,
  type TaskReport,
} from './broker.js';
export { defineHandler, Requeue, type Handler, type HandlerContext } from './define-handler.js';
export { type QueueDepth } from './queue-inspector.js';
export { publishFailureCodes } from './publishing/publish-failures.js';
