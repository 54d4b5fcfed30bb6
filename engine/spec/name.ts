import { badValue } from './bad-value.ts'

const form = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/
/** The longest name of an object; names of volumes are names of folders. */
const longest = 255
/** What sethostname(2) takes, in bytes. */
export const longestHostname = 64

/** Whether containers, pods and volumes can be called so. */
export const isName = (name: string): boolean => form.test(name) && name.length <= longest

/** @throws EngineError `NameInvalid`, with podman's message, for a name that no container, pod or volume can have. */
export function checkName(name: string): void {
  if (isName(name)) return
  if (form.test(name))
    throw badValue(
      'The name "{name}" is invalid: it has {length} characters, and {most} is the most.',
      { name: name.slice(0, 300), length: name.length, most: longest },
      'NameInvalid',
    )
  throw badValue(
    'The name "{name}" is invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
    { name: name.slice(0, 300) },
    'NameInvalid',
  )
}

/** Whatever sethostname(2) takes and /etc/hosts can hold, as with podman: an underscore is fine. @throws EngineError `InvalidArgument`. */
export function checkHostname(name: string): string {
  const { length } = new TextEncoder().encode(name)
  if (length > longestHostname)
    throw badValue('"{hostname}" is not a host name: it has {length} bytes, and {most} is the most.', {
      field: 'hostname',
      hostname: name.slice(0, 100),
      length,
      most: longestHostname,
    })
  if (/[\s\p{Cc}#]/u.test(name))
    throw badValue('"{hostname}" is not a host name: it has white space or #.', {
      field: 'hostname',
      hostname: name.slice(0, 100),
    })
  return name
}

/** The first 12 digits of an id, without its algorithm. */
export const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12)
