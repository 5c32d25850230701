#!/usr/bin/env node
import { requireNode } from '../dev/set-up/require-node.mjs';

requireNode();
const { bundledCli } = await import('./command/bundled-cli.mjs');
await import(await bundledCli());
