import { badValue, inContext } from './bad-value.ts'
import { parseInteger } from './integer.ts'

/** A limit of the process as libpod's API has it; -1 is none. An alias, since an interface would not fit where other fields may be. */
export type Ulimit = {
  /** `RLIMIT_NOFILE` */
  type: string
  soft: number
  hard: number
}

/** Podman's, without `as`. */
const names = 'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' ')

/** `nofile=1024:2048`; one number alone is both. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseUlimit(text: string): Ulimit {
  return inContext('ulimit option "{ulimit}" requires name=SOFT:HARD, failed to be parsed', () => read(text), { ulimit: text })
}

function read(text: string): Ulimit {
  const equals = text.indexOf('=')
  if (equals < 0) throw badValue('invalid ulimit argument: {ulimit}', { ulimit: text })
  const name = ulimitName(text.slice(0, equals))
  const values = text.slice(equals + 1).split(':')
  if (!names.includes(name.toLowerCase())) throw badValue('invalid ulimit type: {name}', { name: text.slice(0, equals) })
  if (values.length > 2)
    throw badValue('too many limit value arguments - {values}, can only have up to two, `soft[:hard]`', {
      values: values.join(':'),
    })
  const [soft = 0, hard = soft] = values.map(parseInteger)
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw badValue('ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}', { soft, hard })
  return { type: `RLIMIT_${name}`, soft, hard }
}

/** `NOFILE`, from that in any letters and with or without the `RLIMIT_` of getrlimit(2). */
export const ulimitName = (text: string): string => text.toUpperCase().replace(/^RLIMIT_/, '')
