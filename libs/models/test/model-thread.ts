import { serveModelChecks } from '../src/index.js';

serveModelChecks();
