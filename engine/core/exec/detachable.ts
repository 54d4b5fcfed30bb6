import type { Pipe } from '../../contract/index.ts'
import { detachFilter, parseDetachKeys } from '../../spec/detach-keys.ts'

/**
 * The pipe of a terminal that is closed when the keys (`ctrl-p,ctrl-q`) are typed, which the process does not see; as it is where there
 * are none.
 *
 * @throws EngineError `InvalidArgument` for keys that are none.
 */
export function detachable(pipe: Pipe, keys: string): Pipe {
  const bytes = parseDetachKeys(keys)
  if (bytes.length === 0) return pipe
  const filter = detachFilter(bytes)
  return {
    ...pipe,
    write: async (data) => {
      const rest = filter(data)
      if (rest === undefined) pipe.close()
      else if (rest.length > 0) await pipe.write(rest)
    },
  }
}
