import { command } from '../../command.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { type Look, showAll } from '../../output/inspect.ts'
import { missingAs } from '../../output/missing.ts'
import { bool } from '../../parse/flags.ts'

/** What is not there is reported with podman's message for it. */
export const lookAtContainer =
  (size: boolean): Look =>
  (api, name) =>
    api['container.inspect']({ name, size }).catch(missingAs('ContainerNotFound', () => `no such container ${name}`))

export const containerInspect = command({
  summary: 'Display the configuration of a container',
  usage: 'CONTAINER [CONTAINER...]',
  flags: { format, latest, size: bool('s', 'Display total file size') },
  run: ({ args, flags, engine }) => showAll(args, flags.format, lookAtContainer(flags.size), engine, flags.latest),
})
