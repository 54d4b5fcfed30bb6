import { command } from '../../command.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { showAll } from '../../output/inspect.ts'
import { bool } from '../../parse/flags.ts'

export const containerInspect = command({
  summary: 'Display the configuration of a container',
  usage: 'CONTAINER [CONTAINER...]',
  flags: { format, latest, size: bool('s', 'Display total file size') },
  run: ({ args, flags, engine }) =>
    showAll(args, flags.format, (api, name) => api['container.inspect']({ name, size: flags.size }), engine, flags.latest),
})
