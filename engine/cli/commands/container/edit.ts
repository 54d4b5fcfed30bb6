import type { Output } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { print, printError } from '../../output/print.ts'
import { bool, number, text, words } from '../../parse/flags.ts'
import { editableFlags, editRequest } from '../../spec/edit-body.ts'
import { pullImage } from '../../transfer/pull-image.ts'

type Edited = Output<'container.edit'>

export const edit = command({
  summary: 'Make a container again in its place with other options',
  description:
    'Takes the options of run. What is given replaces what the container has of that option (all ports, all variables …), everything else stays: name and ID, volumes, networks, pod, log, and the files that the container wrote unless it gets another image. A running container is stopped and started again; if the new one cannot be started, the old one is put back. Further arguments are the command.',
  usage: 'CONTAINER [COMMAND [ARG...]]',
  examples: [
    'berth container edit web -p 8080:80 -p 8443:443',
    'berth container edit --image nginx:1.29 --memory 512m web',
    'berth container edit --dry-run --reset env web',
  ],
  flags: {
    ...editableFlags,
    'dry-run': bool('', 'Print what would change, and change nothing'),
    format: text('', 'Print what changed as JSON (json)', { choices: ['json'] }),
    image: text('', 'The image; it is pulled if it is not here'),
    reset: words('', 'Give an option its default again: the name of the option', { value: 'OPTION' }),
    time: number('', 'Seconds to wait for stop before killing the container'),
  },
  args: { min: 1 },
  async run({ args: [name = '', ...command], flags, given, engine }) {
    const { 'dry-run': dryRun, format, image, reset: toReset, time, ...options } = flags
    const { body, reset } = await editRequest(image, command, options, given, toReset)
    const api = await engine()
    const edit = () => api['container.edit']({ name, dryRun, reset, timeout: time, body })
    const edited = await edit().catch(async (error: unknown) => {
      if (image === undefined || dryRun || !EngineError.is(error, 'ImageNotFound')) throw error
      await pullImage(api, { reference: image, policy: 'missing' }, false)
      return edit()
    })
    for (const warning of edited.Warnings) printError(`WARNING: ${warning}\n`)
    print(format === 'json' ? `${goJson(edited, 5)}\n` : dryRun ? changesText(edited) : `${edited.Id}\n`)
  },
})

function changesText({ Changes, Restarts, NewFiles }: Edited): string {
  if (Changes.length === 0) return 'Nothing changes.\n'
  const shown = (value: unknown): string => (value === null || value === undefined ? 'default' : JSON.stringify(value))
  const lines = Changes.map(({ Field, Before, After }) => `${Field}: ${shown(Before)} -> ${shown(After)}`)
  if (NewFiles) lines.push('The container gets the files of its new image; what it wrote itself is removed, volumes stay.')
  if (Restarts) lines.push('The container is stopped and started again.')
  return lines.map((line) => `${line}\n`).join('')
}
