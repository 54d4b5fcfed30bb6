import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { splitPair } from '../../../spec/pair.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { ImageFacts } from './image.ts'

/**
 * What runs. An entrypoint of the caller's own leaves the image's command out, as podman has it.
 *
 * @throws EngineError `InvalidArgument` if nothing is left to run.
 */
export function resolveCommand(spec: ContainerSpec, image: ImageFacts): { entrypoint: string[]; command: string[] } {
  const own = spec.entrypoint ?? null
  const given = spec.command ?? []
  const command = given.length > 0 ? given : own && own.length > 0 ? [] : image.command
  const named = own?.filter((word, at) => at > 0 || word !== '') ?? image.entrypoint
  // As with podman, an empty entrypoint alone is a command of no name, which the runtime does not find.
  const entrypoint = named.length + command.length === 0 && own && own.length > 0 ? own : named
  if (entrypoint.length + command.length === 0) {
    throw new EngineError('InvalidArgument', 'no command or entrypoint provided, and no CMD or ENTRYPOINT from image', {
      details: { field: 'command' },
    })
  }
  for (const word of [...entrypoint, ...command])
    if (word.includes('\0')) throw new EngineError('InvalidArgument', 'A command must not hold NUL bytes.')
  return { entrypoint, command }
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const proxies = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY']

/** Of this process, without what the launcher tells it. */
function hostEnvironment(): [string, string][] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('BERTH_') ? [] : [[name, value]],
  )
}

/** Each value may name variables as they were before all of these. @throws EngineError `InvalidArgument` */
function merge(all: Map<string, string>, entries: readonly string[]): void {
  const before = new Map(all)
  for (const entry of entries) {
    const [name, value] = splitPair(entry)
    if (name === '' || value === undefined || entry.includes('\0'))
      throw new EngineError('InvalidArgument', `invalid variable: ${JSON.stringify(entry)}: --env-merge takes NAME=value`)
    all.set(
      name,
      value.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) => before.get(braced ?? plain ?? '') ?? ''),
    )
  }
}

/** `NAME=value` for the process; later ones win: our defaults, containers.conf, image, host (if asked), caller. */
export function resolveEnvironment(spec: ContainerSpec, image: ImageFacts, conf: ContainersConf): string[] {
  const all = new Map<string, string>()
  const add = (pairs: readonly string[]) => {
    for (const pair of pairs) {
      const at = pair.indexOf('=')
      all.set(at < 0 ? pair : pair.slice(0, at), at < 0 ? '' : pair.slice(at + 1))
    }
  }
  if (!spec.unsetenvall) {
    add([`PATH=${defaultPath}`, 'container=podman', ...(spec.terminal ? ['TERM=xterm'] : [])])
    add(conf.containers.env ?? [])
    if (spec.httpproxy && conf.containers.httpProxy !== false)
      add(proxies.flatMap((name) => (process.env[name] === undefined ? [] : [`${name}=${process.env[name]}`])))
    add(image.env)
    if (spec.env_host) for (const [name, value] of hostEnvironment()) all.set(name, value)
  }
  merge(all, spec.envmerge ?? [])
  for (const name of spec.unsetenv ?? []) all.delete(name)
  for (const [name, value] of Object.entries(spec.env ?? {})) {
    if (name === '' || name.includes('=') || `${name}${value}`.includes('\0'))
      throw new EngineError('InvalidArgument', `${JSON.stringify(name)} is not a name of an environment variable.`)
    all.set(name, value)
  }
  return [...all].map(([name, value]) => `${name}=${value}`)
}
