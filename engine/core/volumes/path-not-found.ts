import { EngineError } from '../../errors/index.ts'

/** A failure to find a path of a volume, with a sentence that names it; other failures as they are. */
export function pathNotFound(volume: string, path: string, cause?: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (cause !== undefined && !['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code ?? '')) return cause
  return new EngineError(
    'PathNotFound',
    `${JSON.stringify(path)} could not be found in volume ${volume}: no such file or directory`,
    {
      details: { volume, path },
      cause,
    },
  )
}
