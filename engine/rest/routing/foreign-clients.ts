import { clientHeader, fieldAt, type KnownProgress, type Operation, plainText } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { headerOf, type RestReply, type RestRequest } from '../http/message.ts'
import { callReply, streamReply } from './reply.ts'

/** Whether a client is ours, and reads what libpod's would not know. */
export function isOurs(request: Pick<RestRequest, 'headers'>): boolean {
  return headerOf(request, clientHeader) !== undefined
}

/** Whether a client is written in Go, as podman's is: it names files of its own host. */
export function isGoClient(request: Pick<RestRequest, 'headers'>): boolean {
  return headerOf(request, 'user-agent')?.startsWith('Go-http-client/') === true
}

/**
 * Fills in libpod's defaults for fields that a client leaves out.
 *
 * @throws EngineError `InvalidArgument` for what libpod refuses over its API.
 */
export function asLibpodReads({ foreign }: Operation, input: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(foreign?.defaults ?? {})) input[field] ??= value
  for (const { fields, values, message } of foreign?.refused ?? []) {
    for (const field of fields) {
      const value = fieldAt(input, field)
      const found = values === undefined ? undefined : values.exec(String(value))
      if (values === undefined ? value !== undefined : !found) continue
      throw new EngineError(
        'InvalidArgument',
        message.replace(/\{(value|found)\}/g, (_, name) => String(name === 'value' ? value : (found?.[1] ?? ''))),
      )
    }
  }
}

/** An answer as libpod writes it. */
export function asLibpodWrites({ foreign }: Operation, value: unknown): unknown {
  if (foreign?.empty === undefined || typeof value !== 'object' || value === null) return value
  const { empty } = foreign
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, each]) => {
      const how = isEmpty(each) ? empty[field] : undefined
      return how === 'absent' ? [] : [[field, how === 'null' ? null : each]]
    }),
  )
}

/** A failure that libpod puts into the answer. */
export function reportedReply(operation: Operation, error: unknown): RestReply | undefined {
  const { codes, name, message } = operation.foreign?.reported ?? {}
  if (!codes || !EngineError.is(error, ...codes)) return undefined
  return callReply(operation, [{ [name!]: error.details['name'] ?? '', [message!]: error.message }])
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** A transfer as libpod answers it. */
export async function progressReply(
  operation: Operation,
  progress: KnownProgress,
  quiet: boolean,
  begin: () => Promise<AsyncIterable<unknown>>,
  onBreak: (error: unknown) => void,
): Promise<RestReply> {
  if (quiet && progress.quiet) return quietReply(operation, progress.quiet, await begin())
  return streamReply(operation, async () => known(progress, await begin()), onBreak, progress.firstByte)
}

type Item = Record<string, unknown>

/** The fields of each item that libpod's clients know. */
async function* known({ fields, without, renamed = {} }: KnownProgress, items: AsyncIterable<unknown>): AsyncGenerator<Item> {
  for await (const item of items as AsyncIterable<Item>) {
    if (!fields.some((field) => says(item[field]))) continue
    const kept = Object.entries(item).filter(([field]) => !without.includes(field) && !(field in renamed))
    const named = Object.entries(renamed).map(([field, name]) => [name, item[field] ?? ''] as const)
    yield Object.fromEntries([...named, ...kept])
  }
}

const says = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

async function quietReply(
  operation: Operation,
  quiet: NonNullable<KnownProgress['quiet']>,
  items: AsyncIterable<unknown>,
): Promise<RestReply> {
  let value: unknown = ''
  for await (const item of items as AsyncIterable<Item>) {
    if (item['error']) throw new EngineError('Internal', String(item['error']))
    if (quiet !== 'nothing') value = item[quiet.field] ?? value
  }
  if (quiet === 'nothing') return callReply({ ...operation, mediaType: plainText }, '')
  return callReply(operation, { [quiet.as]: value })
}
