import { writeFile } from 'node:fs/promises'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { print, printError } from '../../output/print.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { podFlags, podSpec } from '../../spec/pod-spec.ts'
import { pullImage } from '../../transfer/pull-image.ts'

export const podCreate = command({
  summary: 'Create a new empty pod',
  description: 'Creates a pod: containers that share namespaces, and what is published of them. The pod ID is then printed.',
  usage: '[NAME]',
  examples: ['berth pod create --name shop --publish 8080:80', 'berth pod create --infra=false'],
  flags: podFlags,
  args: { max: 1 },
  async run({ args: [positional], flags, engine, commandLine }) {
    const name = flags.name ?? positional
    const body = { ...(await podSpec(flags)), name, pod_create_command: [...commandLine] }
    const api = await engine()
    if (flags.replace) {
      if (name === undefined) throw new UsageError('cannot replace pod without --name being set')
      await api['pod.remove']({ name, force: true }).catch((error: unknown) => {
        if (!EngineError.is(error, 'PodNotFound', 'NotFound')) throw error
      })
    }
    const { Id, Warnings } = await api['pod.create']({ body }).catch(async (error: unknown) => {
      const image = flags['infra-image']
      if (image === undefined || !EngineError.is(error, 'ImageNotFound')) throw error
      await pullImage(api, { reference: image, policy: 'missing' }, false)
      return api['pod.create']({ body })
    })
    for (const warning of Warnings ?? []) printError(`WARNING: ${warning}\n`)
    if (flags['pod-id-file'] !== undefined) await writeFile(flags['pod-id-file'], Id)
    print(`${Id}\n`)
  },
})
