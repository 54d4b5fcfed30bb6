import type { ContainerSpec } from '../../../../engine/contract/index.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import { parseInteger } from '../../../../engine/spec/integer.ts'
import { checkPairName, parseVariable } from '../../../../engine/spec/pair.ts'
import { parseRestartPolicy } from '../../../../engine/spec/restart-policy.ts'
import { signalNumber } from '../../../../engine/spec/signal.ts'
import { commandLine, splitCommand } from '../../../ui/command-line/shell-words.ts'
import { argumentField, rowsField, switchField, textField } from '../../../engine/fields/field.ts'
import type { Draft, Pair } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

function readVariables(texts: readonly string[]): ContainerSpec {
  const variables = texts.map(parseVariable)
  return { env: Object.fromEntries(variables.map(([name, value = '']) => [name, value])) }
}

function requireVariableName({ name }: Pair): void {
  checkPairName(name, 'variable')
  if (name === '') throw badValue('Enter a name.')
  if (/[=\s]/.test(name)) throw badValue('A variable name cannot contain an equals sign or spaces.')
}

/** Variables that every container has by itself. */
const ownVariables = (inspect: Seen['inspect']): readonly string[] => [
  'container=berth',
  'container=podman',
  'TERM=xterm',
  `HOSTNAME=${inspect.Config.Hostname}`,
  'HOME=/',
  'HOME=/root',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
]

function variablesOf({ inspect, image }: Seen): Pair[] {
  const others = new Set([...(image?.Config.Env ?? []), ...ownVariables(inspect)])
  return inspect.Config.Env.filter((each) => !others.has(each)).map((each) => {
    const [name, value = ''] = parseVariable(each)
    return { name, value }
  })
}

const isSame = (one: readonly string[] | null | undefined, other: readonly string[] | null | undefined): boolean =>
  JSON.stringify(one ?? []) === JSON.stringify(other ?? [])

/** The image's command counts only beside the image's entrypoint. */
function commandOf({ inspect: { Config }, image }: Seen): Partial<Draft> {
  const { Entrypoint, Cmd } = Config
  const sameEntrypoint = isSame(Entrypoint, image?.Config.Entrypoint)
  return {
    entrypoint: sameEntrypoint ? '' : commandLine(...(Entrypoint ?? [])),
    command: sameEntrypoint && isSame(Cmd, image?.Config.Cmd) ? '' : commandLine(...(Cmd ?? [])),
  }
}

function wordsIn(field: 'command' | 'entrypoint', text: string): ContainerSpec {
  const words = splitCommand(text)
  return words.length === 0 ? {} : { [field]: words }
}

/** The command and its arguments, behind the image. */
export const commandField: ContainerField = containerField(
  argumentField<Draft, ContainerSpec>('command', {
    words: ({ command }) => splitCommand(command),
    request: ({ command }) => wordsIn('command', command),
  }),
  { fill: commandOf },
)

/** One word as it is; several, or one that looks like JSON, as a list in JSON. */
function entrypointText({ entrypoint }: Draft): string {
  const words = splitCommand(entrypoint)
  const [first = ''] = words
  return words.length > 1 || first.startsWith('[') ? JSON.stringify(words) : first
}

const entrypointField: ContainerField = {
  ...textField<Draft, ContainerSpec>('entrypoint', '--entrypoint', { text: entrypointText, read: () => ({}) }),
  request: ({ entrypoint }) => wordsIn('entrypoint', entrypoint),
}

function restartText({ restart, retries }: Draft): string {
  if (restart === 'no') return ''
  return restart === 'on-failure' && retries.trim() !== '' ? `on-failure:${retries.trim()}` : restart
}

function readRestart(text: string): ContainerSpec {
  const { name, maximumRetries } = parseRestartPolicy(text)
  return { restart_policy: name, ...(text.includes(':') ? { restart_tries: maximumRetries } : {}) }
}

function restartOf({ inspect }: Seen): Partial<Draft> {
  const { Name, MaximumRetryCount } = inspect.HostConfig.RestartPolicy
  return {
    restart: (Name || 'no') as Draft['restart'],
    retries: Name === 'on-failure' && MaximumRetryCount > 0 ? String(MaximumRetryCount) : '',
  }
}

function readStopTimeout(text: string): ContainerSpec {
  const seconds = parseInteger(text)
  if (seconds < 0) throw badValue('Enter a number of seconds, 0 or more.')
  return { stop_timeout: seconds }
}

const defaultStopTimeout = 10

function requireAbsolute(path: string): string {
  if (!path.startsWith('/')) throw badValue('Enter an absolute path, such as /srv.')
  return path
}

/** What runs in a container, and how it begins and ends. */
export const programFields: readonly ContainerField[] = [
  containerField(
    switchField('terminal', ['--interactive', '--tty'], ({ terminal }) => terminal, { stdin: true, terminal: true }),
    { fill: ({ inspect }) => ({ terminal: inspect.Config.Tty }) },
  ),
  containerField(
    {
      ...textField<Draft, ContainerSpec>('restart', '--restart', { text: restartText, read: readRestart }),
      // What is wrong is the number, which has a field of its own.
      check: () => undefined,
    },
    { fill: restartOf },
  ),
  containerField(
    rowsField('variables', '--env', {
      rows: ({ variables }) => variables,
      text: ({ name, value }: Pair) => (name === '' && value === '' ? '' : `${name}=${value}`),
      read: readVariables,
      require: requireVariableName,
      sample: { name: 'NAME', value: '' },
    }),
    { fill: (seen) => ({ variables: variablesOf(seen) }) },
  ),
  containerField(
    textField('workdir', '--workdir', {
      text: ({ workdir }) => workdir.trim(),
      read: (path) => ({ work_dir: requireAbsolute(path) }),
    }),
    {
      group: 'program',
      fill: ({ inspect: { Config }, image }) => ({
        workdir: Config.WorkingDir === (image?.Config.WorkingDir || '/') ? '' : Config.WorkingDir,
      }),
    },
  ),
  containerField(textField('user', '--user', { text: ({ user }) => user.trim(), read: (user) => ({ user }) }), {
    group: 'program',
    fill: ({ inspect: { Config }, image }) => ({ user: Config.User === (image?.Config.User ?? '') ? '' : Config.User }),
  }),
  containerField(
    switchField('init', ['--init'], ({ init }) => init, { init: true }),
    { group: 'program', fill: ({ inspect }) => ({ init: inspect.HostConfig['Init'] === true }) },
  ),
  containerField(
    textField('stopSignal', '--stop-signal', {
      text: ({ stopSignal }) => stopSignal.trim(),
      read: (text) => ({ stop_signal: signalNumber(text) }),
    }),
    {
      group: 'program',
      fill: ({ inspect: { Config }, image }) => ({
        stopSignal: Config.StopSignal === (image?.Config.StopSignal || 'SIGTERM') ? '' : Config.StopSignal,
      }),
    },
  ),
  containerField(
    textField('stopTimeout', '--stop-timeout', { text: ({ stopTimeout }) => stopTimeout.trim(), read: readStopTimeout }),
    {
      group: 'program',
      fill: ({ inspect: { Config } }) => ({
        stopTimeout: Config.StopTimeout === defaultStopTimeout ? '' : String(Config.StopTimeout),
      }),
    },
  ),
  entrypointField,
]

/** What is wrong with the number of retries. @throws EngineError */
export function checkRetries(draft: Draft): void {
  const text = restartText(draft)
  if (text !== '') readRestart(text)
}
