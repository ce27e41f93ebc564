// What the program can be told to do, and the help that says so. Runs nothing: main.ts does.
import { Command, CommanderError, Option } from 'commander'
import { OUTBOX_KINDS } from '../domain/outbox.ts'
import type { Flags } from './client-config.ts'
import { ConfigError, createConfig } from './config.ts'
import type { Config } from './config.ts'
import type { Environment } from './env.ts'
import {
  createOutboxConfig,
  LIMIT_DEFAULT,
  type OutboxCommandName,
  type OutboxConfig,
} from './outbox-config.ts'
import { SETTING_LIST, SETTINGS } from './settings.ts'
import type { SettingName, SettingValues } from './settings.ts'
import { createTopConfig, type TopConfig } from './top-config.ts'

/** What the arguments ask for. */
export type Invocation =
  | {
      readonly command: 'serve'
      readonly config: Config
      /** Drain when the standard input ends: its writer is gone. */
      readonly stopsWithInput: boolean
      /** Things to tell the operator that are no reason to refuse. */
      readonly warnings: readonly string[]
    }
  | { readonly command: 'top'; readonly config: TopConfig }
  | { readonly command: 'outbox'; readonly config: OutboxConfig }
  /** Everything is said: `text` goes out and the program ends. */
  | { readonly command: 'print'; readonly text: string; readonly exitCode: number }

/** Exit code for arguments or settings that cannot be used, as of shells and getopt. */
export const USAGE_EXIT_CODE = 2

const DESCRIPTION = `Carillon serves the Amazon Chime SDK messaging and identity APIs.
Every AWS SDK works against it: point its endpoint here.`

/** One paragraph: commander wraps it to the width of the terminal. */
const SERVE_DESCRIPTION =
  'Start the server. Without any flag it listens on this machine only, keeps everything in ./data, ' +
  'and shows its root credential at the first start. Each setting is a flag or a variable of the ' +
  'environment; a flag wins. A wrong setting is refused before anything is touched.'

const SERVE_EPILOGUE = `
Signals:
  SIGTERM, SIGINT  drain: stop accepting, tell sessions to reconnect (1012),
                   finish requests, exit 0 within 10 seconds; a second signal
                   more than a second later exits at once

Also served:
  /healthz  200 while the process lives    /readyz   503 while it drains
  /metrics  for Prometheus                 /connect  messaging sessions
  /overview, /outbox  for carillon top and carillon outbox, to the root
                      credential alone

Example, behind a proxy that ends TLS:
  carillon serve --listen 0.0.0.0:8080 --listen-tls off \\
    --public-endpoint chat.example.org`

const CLIENT_DESCRIPTION =
  'It signs with the root credential, which it takes from the environment (CARILLON_ACCESS_KEY_ID ' +
  'and CARILLON_SECRET_ACCESS_KEY) or from the data directory.'

const TOP_DESCRIPTION =
  'Show what a running server does: sessions, deliveries, queues, channels, and how full the ' +
  `sub-channels of an elastic channel are. ${CLIENT_DESCRIPTION}`

const TOP_EPILOGUE = `
Keys:
  up, down, k, j   move among the channels   PgDn, space  page through them
  Enter            show the sub-channels     PgUp, b      page back
  q                quit                      s            oldest or emptiest first

Without a terminal it prints one picture after the other.`

const OUTBOX_DESCRIPTION =
  'What is to leave the server waits in its outbox: invocations of processors, records of streams, ' +
  'push notifications, questions to bots. What cannot be delivered becomes a dead letter, which ' +
  `these commands list, retry and drop. ${CLIENT_DESCRIPTION}`

const OUTBOX_EPILOGUE = `
Exit codes: 0 done; 1 an id is not there, or the server is away or refuses;
            2 the arguments cannot be used`

/** Reads arguments (without node and script) over the environment; throws nothing. */
export function parseCommandLine(
  commandArguments: readonly string[],
  environment: Environment,
  version: string,
): Invocation {
  let printed = ''
  let invocation: Invocation | undefined
  const program = new Command('carillon')
    .description(DESCRIPTION)
    .helpCommand(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: (text) => (printed += text),
    })
  program
    .command('version')
    .description('Print the version.')
    .action(() => {
      invocation = { command: 'print', text: `carillon ${version}\n`, exitCode: 0 }
    })
  addServe(program, (flags) => {
    invocation = {
      command: 'serve',
      config: createConfig(mergeSettings(flags, environment), environment.awsServices),
      stopsWithInput: flags['stopWithStdin'] === true,
      warnings: environment.unknownVariables.map(
        (variable) => `${variable} is set, but there is no such setting`,
      ),
    }
  })
  addTop(program, (flags) => {
    const values = mergeSettings(flags, environment)
    const config = createTopConfig(flags, values, environment.wantsNoColour)
    invocation = { command: 'top', config }
  })
  addOutbox(program, (command, entryIds, flags) => {
    const values = mergeSettings(flags, environment)
    const config = createOutboxConfig(command, entryIds, flags, values)
    invocation = { command: 'outbox', config }
  })
  try {
    program.parse(commandArguments, { from: 'user' })
  } catch (error) {
    if (error instanceof ConfigError) {
      const command = nameOfCommand(commandArguments)
      const text = `carillon: ${error.message}\nSee "carillon ${command} --help".\n`
      return { command: 'print', text, exitCode: USAGE_EXIT_CODE }
    }
    if (!(error instanceof CommanderError)) throw error
    return {
      command: 'print',
      text: printed,
      exitCode: error.exitCode === 0 ? 0 : USAGE_EXIT_CODE,
    }
  }
  return invocation ?? { command: 'print', text: printed, exitCode: USAGE_EXIT_CODE }
}

/** As it stands before `--help`. */
function nameOfCommand([first, second]: readonly string[]): string {
  if (first === 'outbox') return `outbox ${second ?? ''}`.trim()
  return first === 'top' ? 'top' : 'serve'
}

function addServe(program: Command, action: (flags: Flags) => void): void {
  const serve = program.command('serve').summary('Start the server.').description(SERVE_DESCRIPTION)
  for (const [, setting] of SETTING_LIST) serve.addOption(optionOf(setting))
  serve
    .option('--stop-with-stdin', 'Drain when the standard input ends, for use under a supervisor.')
    .addHelpText('after', SERVE_EPILOGUE)
    .action(action)
}

function addTop(program: Command, action: (flags: Flags) => void): void {
  const top = program.command('top').summary('Watch a running server.').description(TOP_DESCRIPTION)
  addClientOptions(top)
    .option('--channel <arn>', 'Show the sub-channels of this channel from the start.')
    .option('--interval <seconds>', 'Between two pictures (default: 1)')
    .option('--once', 'Print one picture, with the rates of one interval, and end.')
    .addHelpText('after', TOP_EPILOGUE)
    .action(action)
}

function addOutbox(
  program: Command,
  action: (command: OutboxCommandName, entryIds: readonly string[], flags: Flags) => void,
): void {
  const outbox = program
    .command('outbox')
    .summary('List, retry and drop what did not leave the server.')
    .description(OUTBOX_DESCRIPTION)
    .addHelpText('after', OUTBOX_EPILOGUE)
  const list = outbox
    .command('list')
    .summary('Show dead letters, the newest first, or what waits.')
    .description('Show dead letters, those first that were given up last, or what waits.')
    .option('--waiting', 'What waits for each destination, instead of dead letters.')
    .option('--limit <count>', `At most so many dead letters (default: ${LIMIT_DEFAULT})`)
    .option('--json', 'A JSON object a line.')
  addClientOptions(addFilterOptions(list)).action((flags: Flags) => action('list', [], flags))
  const retry = outbox
    .command('retry [ids...]')
    .summary('Try dead letters again.')
    .description('Try dead letters again, in their old order.')
    .option('--all', 'All of them, or all that --kind and --target leave.')
  addClientOptions(addFilterOptions(retry)).action((entryIds: string[], flags: Flags) =>
    action('retry', entryIds, flags),
  )
  const drop = outbox
    .command('drop [ids...]')
    .summary('Drop dead letters for good.')
    .description('Drop dead letters for good. On a terminal it asks before it does.')
    .option('--all', 'All of them, or all that --kind and --target leave.')
    .option('--yes', 'Do not ask.')
  addClientOptions(addFilterOptions(drop)).action((entryIds: string[], flags: Flags) =>
    action('drop', entryIds, flags),
  )
}

function addFilterOptions(command: Command): Command {
  return command
    .option('--kind <kind>', `Only these: ${OUTBOX_KINDS.join(', ')}`)
    .option('--target <arn>', 'Only those for this destination.')
}

/** Where the server is, and with what to sign. */
function addClientOptions(command: Command): Command {
  const { dataDirectory, region } = SETTINGS
  const endpoint = 'Where the server is. Default: the address of CARILLON_LISTEN, as in serve.'
  const directory = `The server's, for its root credential and its certificate authority (default: ${dataDirectory.defaultText}) [${dataDirectory.variable}]`
  return command
    .option('--endpoint <url>', endpoint)
    .option(`--${dataDirectory.flag} <directory>`, directory)
    .addOption(optionOf(region))
}

function optionOf(setting: (typeof SETTING_LIST)[number][1]): Option {
  const { flag, placeholder, help, variable, defaultText } = setting
  const fallback = defaultText === undefined ? '' : ` (default: ${defaultText})`
  return new Option(`--${flag} <${placeholder}>`, `${help}${fallback} [${variable}]`)
}

function mergeSettings(flags: Flags, environment: Environment): SettingValues {
  const values: { [Name in SettingName]?: string | undefined } = { ...environment.values }
  for (const [name, { flag }] of SETTING_LIST) {
    const given = flags[camelCaseOf(flag)]
    if (typeof given === 'string') values[name] = given
  }
  return values
}

/** As commander names a flag. */
function camelCaseOf(flag: string): string {
  return flag.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())
}
