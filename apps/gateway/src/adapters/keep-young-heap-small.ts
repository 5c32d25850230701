import { setFlagsFromString } from 'node:v8';

/*
 * Keeps the young generation of the heap at the size it has at the start. Left alone it grows to 48 MB while the bundle is
 * read and while bytes stream through, and with it the buffers that wait for the next collection. Imported first, for its
 * effect: once it has grown it is too late.
 */
setFlagsFromString('--semi-space-growth-factor=1');
