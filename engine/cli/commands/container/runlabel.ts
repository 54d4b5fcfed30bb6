import path from 'node:path'

import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { labelWords, nameOfImage } from '../../../spec/label-command.ts'
import { command, type GlobalOptions } from '../../command.ts'
import { pullInput, registryFlags, type RegistryValues, requireAuthfile } from '../../flags/registry-flags.ts'
import { ownCommandLine } from '../../open-engine.ts'
import { print } from '../../output/print.ts'
import { bool, text } from '../../parse/flags.ts'
import { pullImage } from '../../transfer/pull-image.ts'

const { authfile, 'cert-dir': certificates, creds, 'tls-verify': tls } = registryFlags

/** What the label's command may name by $OPT1 and so on. */
const optional = text('', 'Optional parameter of the command', { hidden: true })

export const runlabel = command({
  summary: 'Execute the command described by an image label',
  description:
    'Executes a command as described by a container image label: on this host, as you. Do so only with images that you trust. berth takes the place of podman and docker in it; IMAGE, NAME and PWD are replaced.',
  usage: 'LABEL IMAGE [ARG...]',
  examples: ['berth container runlabel run imageID', 'berth container runlabel --display run myImage'],
  local: 'store',
  stopAtFirst: true,
  flags: {
    authfile,
    'cert-dir': certificates,
    creds,
    display: bool('', 'Preview the command that the label would run'),
    name: text('n', 'Assign a name to the container'),
    opt1: optional,
    opt2: optional,
    opt3: optional,
    quiet: bool('q', 'Suppress output information when installing images'),
    replace: bool('', 'Replace existing container with a new one from the image'),
    'tls-verify': tls,
  },
  args: { min: 2 },
  async run({ args: [label = '', image = '', ...rest], flags, engine, global }) {
    await requireAuthfile(flags.authfile, false)
    const api = await engine()
    const found = await labelOf(api, label, image, flags)
    const name = flags.name ?? nameOfImage(found.image)
    const variables = { image: found.image, name, environment: { ...process.env, PWD: process.cwd() } }
    const options: Record<string, string | undefined> = { OPT1: flags.opt1, OPT2: flags.opt2, OPT3: flags.opt3 }
    // An option may be several words.
    const text = found.text.replace(/\$(?:\{(OPT[123])\}|(OPT[123])\b)/g, (_, braced, plain) => options[braced ?? plain] ?? '')
    const [program = '', ...words] = [...labelWords(text, variables), ...rest]
    const own = ['podman', 'docker', 'berth'].includes(path.basename(program))
    if (!flags.quiet || flags.display) print(`command: ${[own ? 'berth' : program, ...words].join(' ')}\n`)
    if (flags.display) return 0
    if (flags.replace) await api['container.remove']({ name, force: true, ignore: true })
    const [file = '', ...before] = own ? [...ownCommandLine(), ...(await storeOf(global))] : [program]
    const { runAttached } = await import('../../../adapters/attached-program.ts')
    return await runAttached(file, [...before, ...words], { ...process.env, NAME: name, IMAGE: found.image })
  },
})

type PullFlags = Pick<RegistryValues, 'authfile' | 'cert-dir' | 'creds' | 'tls-verify'> & { quiet: boolean }

/** A label of an image, which is pulled if it is not here, and the image's name. @throws EngineError `InvalidArgument`, with podman's message. */
async function labelOf(api: Engine, label: string, image: string, flags: PullFlags): Promise<{ text: string; image: string }> {
  const inspect = () => api['image.inspect']({ name: image })
  const found = await inspect().catch(async (error: unknown) => {
    if (!EngineError.is(error, 'ImageNotFound')) throw error
    const pull = { ...noFlags, ...flags }
    await pullImage(api, { ...pullInput(image, pull), policy: 'missing' }, flags.quiet)
    return inspect()
  })
  // As podman's: `run` finds RUN as well.
  const labels = found.Labels ?? {}
  const value = labels[label] ?? labels[label.toUpperCase()]
  if (value) return { text: value, image: found.RepoTags?.[0] ?? image }
  throw new EngineError('InvalidArgument', `cannot find the value of label: ${label} in image: ${image}`, {
    details: { label, image },
  })
}

const noFlags = Object.fromEntries(Object.entries(registryFlags).map(([name, { initial }]) => [name, initial])) as RegistryValues

/** Where this command's engine is, for the one that it calls. */
async function storeOf({ context }: GlobalOptions): Promise<string[]> {
  return (await import('../../../core/index.ts')).storeFlags(context)
}
