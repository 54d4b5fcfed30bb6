import { EngineError } from '../../errors/index.ts'

/**
 * Makes sure that a name, which may come from elsewhere, is that of one file and leads into no other folder.
 * @throws InvalidArgument
 */
export function requireFileName(name: string): string {
  const fits = name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255
  if (fits) return name
  throw new EngineError(
    'InvalidArgument',
    `invalid name: ${JSON.stringify(name.slice(0, 300))} cannot be the name of a file: it must have no slash, and 255 bytes at most`,
    { details: { name: name.slice(0, 300) } },
  )
}
