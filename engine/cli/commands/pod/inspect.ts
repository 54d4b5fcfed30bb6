import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { newestPods } from '../../flags/targets.ts'
import { type Look, showAll } from '../../output/inspect.ts'

/** With podman's message, which is shorter here than that of other commands. */
const look: Look = async (api, name) => {
  try {
    return await api['pod.inspect']({ name })
  } catch (error) {
    if (!EngineError.is(error, 'PodNotFound')) throw error
    throw new EngineError(error.code, `no such pod ${name}`, { details: error.details, cause: error })
  }
}

export const podInspect = command({
  summary: 'Display a pod configuration',
  usage: 'POD [POD...]',
  flags: { format, latest },
  run: ({ args, flags, engine }) => showAll(args, flags.format, look, engine, flags.latest, newestPods),
})
