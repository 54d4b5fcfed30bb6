import { readText } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/** The largest JSON body, in bytes. */
export const maxJson = 1024 * 1024

const maxDepth = 64

/** How long a body may take to arrive, in milliseconds. */
const bodyTimeout = 60_000

/**
 * A JSON body; nothing at all is `undefined`.
 *
 * @throws EngineError `TooLarge`, `InvalidArgument`.
 */
export async function readJsonBody(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new EngineError('InvalidArgument', `The request body did not arrive within ${bodyTimeout / 1000} s.`)),
      bodyTimeout,
    )
  })
  const text = await Promise.race([readText(body, maxJson), late]).finally(() => clearTimeout(timer))
  if (text.trim() === '') return undefined
  checkDepth(text)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new EngineError('InvalidArgument', `decoding request body as JSON: ${(error as Error).message}`, {
      details: { field: 'body' },
      cause: error,
    })
  }
}

/** Later code walks over the value recursively. */
function checkDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index)
    if (inString) {
      if (char === 0x5c) index += 1
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) depth += 1
    else if (char === 0x7d || char === 0x5d) depth -= 1
    if (depth > maxDepth) throw new EngineError('TooLarge', `The request body is nested more than ${maxDepth} levels deep.`)
  }
}
