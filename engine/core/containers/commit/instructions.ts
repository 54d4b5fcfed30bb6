import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { parseDuration } from '../../../spec/duration.ts'
import { parseExposed } from '../../../spec/port.ts'
import { signalNumber } from '../../../spec/signal.ts'
import { asSet, type CommittedConfig, type Healthcheck } from './image-config.ts'
import { badChange, jsonWords, pairsOf, wordsOf } from './words.ts'

type Apply = (config: CommittedConfig, value: string, change: string) => void

const instructions: Readonly<Record<string, Apply>> = {
  CMD: (config, value) => void (config.Cmd = commandLine(value)),
  ENTRYPOINT(config, value) {
    config.Entrypoint = commandLine(value)
    // The image's command was for another program.
    config.Cmd = []
  },
  ENV(config, value, change) {
    for (const [name, text] of pairsOf(change, 'ENV', value)) setEnvironment(config, name, text)
  },
  LABEL(config, value, change) {
    config.Labels = { ...config.Labels, ...Object.fromEntries(pairsOf(change, 'LABEL', value)) }
  },
  EXPOSE(config, value) {
    const ports = wordsOf(value).map((word) => {
      parseExposed(word)
      return word.includes('/') ? word.toLowerCase() : `${word}/tcp`
    })
    config.ExposedPorts = asSet([...Object.keys(config.ExposedPorts ?? {}), ...ports])
  },
  HEALTHCHECK: (config, value, change) => void (config.Healthcheck = healthcheck(value, change)),
  MAINTAINER: () => {},
  ONBUILD: (config, value) => void (config.OnBuild = [...(config.OnBuild ?? []), value]),
  SHELL(config, value, change) {
    config.Shell = jsonWords(value) ?? fail(change, 'SHELL needs a JSON list of words')
  },
  STOPSIGNAL(config, value) {
    signalNumber(value)
    config.StopSignal = value
  },
  USER: (config, value) => void (config.User = value),
  VOLUME(config, value) {
    config.Volumes = asSet([...Object.keys(config.Volumes ?? {}), ...(jsonWords(value) ?? wordsOf(value))])
  },
  WORKDIR: (config, value) => void (config.WorkingDir = path.posix.resolve('/', value)),
}

function fail(change: string, reason: string): never {
  throw badChange(change, reason)
}

/** The author that `MAINTAINER` names. */
export function maintainerOf(changes: readonly string[]): string | undefined {
  const last = changes.map(parts).findLast(({ name }) => name === 'MAINTAINER')
  return last?.value || undefined
}

/**
 * Changes a configuration by instructions of a Dockerfile, `INSTRUCTION VALUE` or `INSTRUCTION=VALUE`.
 *
 * @throws EngineError `InvalidArgument`.
 */
export function applyChanges(config: CommittedConfig, changes: readonly string[]): void {
  for (const change of changes) {
    const { name, value } = parts(change)
    const apply = instructions[name]
    if (!apply || !Object.hasOwn(instructions, name)) {
      const known = Object.keys(instructions).join(' ')
      throw badChange(change, `did not understand change instruction ${JSON.stringify(name)}; known are ${known}`)
    }
    if (value === '') throw badChange(change, `${name} needs a value`)
    try {
      apply(config, value, change)
    } catch (error) {
      if (!EngineError.is(error) || error.details['field'] === 'changes') throw error
      throw badChange(change, error.message)
    }
  }
}

function parts(change: string): { name: string; value: string } {
  const [, name = '', value = ''] = /^\s*([A-Za-z]+)(?:\s+|\s*=\s*|$)(.*)$/s.exec(change) ?? []
  return { name: name.toUpperCase(), value: value.trim() }
}

/** Sets a variable, at its place where it has one. */
export function setEnvironment(config: CommittedConfig, name: string, value: string): void {
  const env = config.Env ?? []
  const at = env.findIndex((pair) => pair.startsWith(`${name}=`))
  config.Env = at < 0 ? [...env, `${name}=${value}`] : env.with(at, `${name}=${value}`)
}

function commandLine(text: string): string[] {
  return jsonWords(text) ?? ['/bin/sh', '-c', text]
}

const times = { interval: 'Interval', timeout: 'Timeout', 'start-period': 'StartPeriod' } as const

/** `[--interval=5s …] CMD command`, or `NONE`. */
function healthcheck(text: string, change: string): Healthcheck {
  const check: Healthcheck = {}
  let rest = text
  for (let found = option(rest); found; found = option(rest)) {
    const [whole, name = '', value = ''] = found
    if (name === 'retries' && /^\d{1,6}$/.test(value)) check.Retries = Number(value)
    else if (Object.hasOwn(times, name)) check[times[name as keyof typeof times]] = parseDuration(value)
    else fail(change, `HEALTHCHECK has no option --${name}=${value}; it has --interval, --timeout, --start-period and --retries`)
    rest = rest.slice(whole.length)
  }
  const [, kind = '', command = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? []
  if (kind.toUpperCase() === 'NONE') return { ...check, Test: ['NONE'] }
  if (kind.toUpperCase() !== 'CMD' || command === '') fail(change, 'HEALTHCHECK needs CMD and a command, or NONE')
  const words = jsonWords(command)
  return { ...check, Test: words ? ['CMD', ...words] : ['CMD-SHELL', command] }
}

const option = (text: string): RegExpExecArray | null => /^--([a-z-]+)=(\S*)\s*/.exec(text)
