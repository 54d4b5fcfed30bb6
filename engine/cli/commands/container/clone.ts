import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { print, printError } from '../../output/print.ts'
import { bool, text } from '../../parse/flags.ts'
import { limitFlags } from '../../spec/flags.ts'
import { parseDeviceLimits, parseLimits } from '../../spec/limits.ts'
import { pullImage } from '../../transfer/pull-image.ts'

export const clone = command({
  summary: 'Clone an existing container',
  description: 'Creates a copy of an existing container: with its configuration, and none of the files that it wrote.',
  usage: 'CONTAINER [NAME [IMAGE]]',
  examples: ['berth container clone web web-2 nginx:1.29', 'berth container clone --destroy --cpus=5 web'],
  flags: {
    ...limitFlags,
    destroy: bool('', 'destroy the original container'),
    force: bool('f', 'force the existing container to be destroyed'),
    name: text('', 'Assign a name to the container'),
    pod: text('', 'Run container in an existing pod'),
    run: bool('', 'run the new container'),
  },
  args: { min: 1, max: 3 },
  async run({ args, flags, engine }) {
    const [name = '', newName, image] = args
    const { destroy, force, run, pod } = flags
    const api = await engine()
    const limits = parseLimits({ ...flags, 'pids-limit': undefined })
    const body = {
      ...(newName || flags.name ? { name: newName || flags.name } : {}),
      ...(image === undefined ? {} : { image }),
      ...(pod === undefined ? {} : { pod }),
      ...(limits === undefined ? {} : { resource_limits: limits }),
      ...Object.fromEntries(Object.entries(parseDeviceLimits(flags)).filter(([, value]) => value !== undefined)),
    }
    const clone = () => api['container.clone']({ name, destroy, force, run, body })
    const { Id, Warnings } = await clone().catch(async (error: unknown) => {
      if (image === undefined || !EngineError.is(error, 'ImageNotFound')) throw error
      await pullImage(api, { reference: image, policy: 'missing' }, false)
      return clone()
    })
    for (const warning of Warnings) printError(`WARNING: ${warning}\n`)
    print(`${Id}\n`)
  },
})
