import type { PortMapping } from '../../../engine/contract/index.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { formatPort, parsePort } from '../../../engine/spec/port.ts'
import { type Field, rowsField } from './field.ts'

/** A published port as somebody is describing it. */
export type Port = Record<'address' | 'host' | 'container' | 'protocol', string>

export const emptyPort: Port = { address: '', host: '', container: '', protocol: 'tcp' }

const isEmpty = ({ host, container }: Port) => host === '' && container === ''

/** The published ports of a container or pod. */
export function portsField<Draft>(
  name: keyof Draft & string,
  rows: (draft: Draft) => readonly Port[],
): Field<Draft, { portmappings?: PortMapping[] | null }> {
  return rowsField(name, '--publish', {
    rows,
    text: (port: Port) => (isEmpty(port) ? '' : formatPort(port)),
    read: (texts) => ({ portmappings: texts.map(parsePort) }),
    require: requireOnce,
    sample: { ...emptyPort, container: '80' },
  })
}

function requireOnce(port: Port, all: readonly Port[]): void {
  const { host, address, protocol } = port
  const others = all.filter((each) => each !== port && each.host === host && each.address === address)
  if (host !== '' && others.some((each) => each.protocol === protocol)) throw badValue('This host port is used twice.')
}
