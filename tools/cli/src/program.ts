import { Command } from 'commander';
import { alertsCommand } from './commands/alerts.js';
import { batchesCommand } from './commands/batches.js';
import { configCommand } from './commands/config.js';
import { deadLettersCommand } from './commands/dead-letters.js';
import { doctorCommand } from './commands/doctor.js';
import { eventsCommand } from './commands/events.js';
import { generateCommand } from './commands/generate.js';
import { healthCommand } from './commands/health.js';
import { inspectCommand } from './commands/inspect.js';
import { lanesCommand } from './commands/lanes.js';
import { logLevelCommand } from './commands/log-level.js';
import { maintenanceCommand } from './commands/maintenance.js';
import { providersCommand } from './commands/providers.js';
import { purgeCommand } from './commands/purge.js';
import { workersCommand } from './commands/workers.js';
import { version } from './version.js';

const help = `
Where the gateway is: --url and --key, else I2M_URL and I2M_API_KEY, else the profile of the configuration file
(i2m config path), else a system that \`npm start\` runs here.

Exit codes:
  0    ok
  1    the work failed: files failed, health is not good, an audit or the doctor found something
  2    wrong usage
  3    the gateway cannot be reached, or refused
  4    there is no such thing
  130  interrupted

Examples:
  $ i2m generate photos/ --out models
  $ i2m batches list
  $ i2m doctor`;

const commands = [
  generateCommand,
  batchesCommand,
  inspectCommand,
  eventsCommand,
  healthCommand,
  doctorCommand,
  workersCommand,
  lanesCommand,
  providersCommand,
  deadLettersCommand,
  purgeCommand,
  logLevelCommand,
  maintenanceCommand,
  alertsCommand,
  configCommand,
];

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command('i2m')
    .description('Photos in, 3D models out: the command line of image2model.')
    .version(version)
    .option('--url <url>', 'address of the gateway')
    .option('--key <key>', 'API key')
    .option('--profile <name>', 'profile of the configuration file')
    .option('--config <file>', 'another configuration file')
    .option('--json', 'results as JSON on stdout')
    .option('-y, --yes', 'confirm what is asked')
    .addHelpText('after', help)
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ showGlobalOptions: true });
  for (const make of commands) program.addCommand(make());
  inherit(program);
  return program;
}

/** Commands that are added do not take over these settings by themselves. */
function inherit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
}
