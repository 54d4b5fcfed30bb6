import { access, constants, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Engine, Input, Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { parsePort } from '../../spec/port.ts'
import { UsageError } from '../parse/usage-error.ts'
import { hasBakedSeed, isPullOnly, leavePullOnly, pullApart } from '../transfer/pull-apart.ts'
import { pullImage } from '../transfer/pull-image.ts'
import { pullInput, refuseKeys } from '../flags/registry-flags.ts'
import { buildSpec } from './build-spec.ts'
import type { CreateValues } from './flags.ts'
import { fileReason } from '../output/file-reason.ts'
import { printError } from '../output/print.ts'

/** Creates what `create` and `run` ask for, pulling the image as the policy says. @returns the id. */
export async function createContainer(
  api: Engine,
  args: readonly string[],
  flags: CreateValues,
  commandLine: readonly string[],
): Promise<string> {
  refuseKeys(flags['decryption-key'])
  const [image = '', ...words] = args
  const pull = async () => void (await pullImage(api, pullOf(image, flags), flags.quiet))
  if (isPullOnly()) {
    await pull()
    leavePullOnly()
  }
  const body = await buildSpec(image, words, await withPod(api, flags), commandLine)
  if (flags.replace) await replace(api, flags.name)
  if (flags.cidfile !== undefined) await requireWritable(flags.cidfile)
  const { Id } = await create(api, flags, body, pull)
  if (flags.cidfile !== undefined) await writeFile(flags.cidfile, Id, { mode: 0o644 })
  return Id
}

async function create(
  api: Engine,
  flags: CreateValues,
  body: Input<'container.create'>['body'],
  pull: () => Promise<void>,
): Promise<Output<'container.create'>> {
  const obtain = hasBakedSeed() ? pullApart : pull
  if (!flags.rootfs && (flags.pull === 'always' || flags.pull === 'newer')) await obtain()
  const created = await api['container.create']({ body }).catch(async (error: unknown) => {
    // Asking first whether it is there would cost every call that finds it.
    if (flags.rootfs || flags.pull !== 'missing' || !EngineError.is(error, 'ImageNotFound')) throw nameHint(error)
    await obtain()
    return api['container.create']({ body })
  })
  for (const warning of created.Warnings ?? []) printError(`WARNING: ${warning}\n`)
  return created
}

function pullOf(image: string, flags: CreateValues): Input<'image.pull'> {
  return { ...pullInput(image, flags), policy: flags.pull === 'missing' ? 'missing' : (flags.pull as 'always') }
}

function nameHint(error: unknown): unknown {
  if (!EngineError.is(error, 'ContainerExists', 'NameInUse') || error.message.includes('--replace')) return error
  return new EngineError(error.code, `${error.message.replace(/\.$/, '')}, or use --replace to instruct Berth to do so.`, {
    details: error.details,
    cause: error,
  })
}

/** Before anything is made: a file of an earlier container is written again, as podman does. @throws UsageError */
async function requireWritable(file: string): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined)
    await access(there ? file : path.dirname(path.resolve(file)), constants.W_OK)
  } catch (error) {
    throw new UsageError(`creating idfile: open ${file}: ${fileReason(error)}`)
  }
}

async function replace(api: Engine, name: string | undefined): Promise<void> {
  if (name === undefined) throw new UsageError('cannot replace container without --name being set')
  await api['container.remove']({ name, force: true, v: true, ignore: true }).catch((error: unknown) => {
    if (!EngineError.is(error, 'ContainerNotFound', 'NotFound')) throw error
  })
}

/** `--pod new:NAME` makes the pod, which then publishes the ports; `--pod-id-file` names it. */
async function withPod(api: Engine, flags: CreateValues): Promise<CreateValues> {
  const file = flags['pod-id-file']
  if (file !== undefined) return { ...flags, pod: await readPodId(file) }
  if (!flags.pod?.startsWith('new:')) return flags
  const { Id } = await api['pod.create']({
    body: { name: flags.pod.slice('new:'.length), portmappings: flags.publish.map(parsePort) },
  })
  return { ...flags, pod: Id, publish: [] }
}

async function readPodId(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`reading pod ID file: open ${file}: ${fileReason(error)}`)
  })
  return text.trim()
}
