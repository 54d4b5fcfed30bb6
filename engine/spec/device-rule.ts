import { badValue } from './bad-value.ts'

/** What may be done with some devices, in the OCI runtime spec's form; a number that is missing is any. */
export type DeviceRule = {
  allow: boolean
  type: string
  major?: number
  minor?: number
  access: string
}

/** `c 1:* rwm`: a type (a, c or b), numbers and an access. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseDeviceRule(text: string): DeviceRule {
  const [type = '', numbers = '', access = '', ...more] = text.trim().split(/\s+/)
  if (access === '' || more.length > 0)
    throw badValue('invalid device cgroup rule requires type, major:Minor, and access rules: "{rule}"', { rule: text })
  if (!['a', 'c', 'b'].includes(type)) throw badValue('invalid device type in device-access-add: {type}', { type })
  const [major, minor] = numbers.split(':').map((each) => deviceNumber(each, text))
  if (!/^[rwm]{1,3}$/.test(access)) throw badValue('invalid device access in device-access-add: {access}', { access })
  return { allow: true, type, ...(major === undefined ? {} : { major }), ...(minor === undefined ? {} : { minor }), access }
}

function deviceNumber(text: string, rule: string): number | undefined {
  if (text === '*') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw badValue('"{number}" is neither a device number nor * in the rule "{rule}"', { number: text, rule })
}
