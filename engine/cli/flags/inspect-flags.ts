import { bool, text } from '../parse/flags.ts'

export const format = text('f', 'Format the output to a Go template or json', { value: 'string' })

export const latest = bool('l', 'Act on the latest one')
