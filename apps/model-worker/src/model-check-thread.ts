import { serveModelChecks } from '@image2model/models';

serveModelChecks();
