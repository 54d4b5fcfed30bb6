import { encodeFrame } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'

/** A container's log: with a terminal there is one stream, which has no frames. */
export const logs: Mapping<'docker.container.logs'> = async (engine, { name, tail, ...asked }, options) => {
  const { Config } = await engine['container.inspect']({ name }, options)
  const chunks = await engine['container.logs']({ name, ...asked, ...(tail === undefined ? {} : { tail }) }, options)
  return (async function* () {
    for await (const chunk of chunks) yield Config.Tty ? chunk.data : encodeFrame(chunk)
  })()
}

export const top: Mapping<'docker.container.top'> = async (engine, { name, ps_args }, options) => {
  // Docker's clients know the columns of `ps -ef`.
  const { Titles, Processes } = await engine['container.top']({ name, ps_args: [ps_args ?? '-ef'] }, options)
  return { Titles, Processes }
}
