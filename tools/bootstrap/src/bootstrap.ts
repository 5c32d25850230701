import { bootstrapCommand } from './bootstrap-command.js';

// whoever reads may have gone; the work goes on
process.stdout.on('error', () => undefined);
process.title = 'image2model-bootstrap';
void bootstrapCommand(process.argv.slice(2), {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
}).then((code) => {
  process.exitCode = code;
});
