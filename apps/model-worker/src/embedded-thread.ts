import { serveThread } from '@image2model/embedded';

serveThread();
