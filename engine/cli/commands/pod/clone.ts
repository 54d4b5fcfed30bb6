import { command } from '../../command.ts'
import { print, printError } from '../../output/print.ts'
import { bool } from '../../parse/flags.ts'
import { podCommonFlags, podCommonSpec } from '../../spec/pod-spec.ts'

export const podClone = command({
  summary: 'Clone an existing pod',
  description: 'Creates a copy of a pod and of its containers: with their configuration, and none of the files that they wrote.',
  usage: 'POD [NAME]',
  examples: ['berth pod clone shop shop-2', 'berth pod clone --destroy --memory 1g shop'],
  flags: {
    ...podCommonFlags,
    destroy: bool('', 'destroy the original pod'),
    start: bool('', 'start the new pod'),
  },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', newName], flags, engine, commandLine }) {
    const given = Object.entries(await podCommonSpec(flags)).filter(([, value]) => value !== undefined)
    const body = { ...Object.fromEntries(given), name: newName ?? flags.name, pod_create_command: [...commandLine] }
    const api = await engine()
    const { Id, Warnings } = await api['pod.clone']({ name, destroy: flags.destroy, start: flags.start, body })
    for (const warning of Warnings) printError(`WARNING: ${warning}\n`)
    print(`${Id}\n`)
  },
})
