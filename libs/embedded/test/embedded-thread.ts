// What an app's src/embedded-thread.ts looks like.
import { serveThread } from '../src/index.js';

serveThread();
