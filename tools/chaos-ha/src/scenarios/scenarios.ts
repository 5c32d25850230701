import type { Scenario } from '../scenario.js';
import { absentNode } from './absent-node.js';
import { both, paid, rabbitmq, redis } from './killing.js';
import { replicas } from './replicas.js';

/** In the order in which the command plays them. */
export const scenarios: readonly Scenario[] = [redis, rabbitmq, both, paid, absentNode, replicas];
