import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, type Stats, symlinkSync } from 'node:fs'
import { rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { TarHeader } from '../../lib/tar/index.ts'
import { type AttributeOptions, setAttributes, setTimes } from './attributes.ts'
import { layerInvalid } from '../failures.ts'
import { readRecord, type StoredRecord } from './layer-record.ts'
import type { LayerInput, LayerStore, StagedLayer, UnpackedInput } from './layer-store.ts'
import { type Layout, randomLetters } from '../layout.ts'
import { isWhiteout, type Marks, whiteoutPrefix } from './marks.ts'
import { type BinaryPath, toBinary, toFile } from '../paths.ts'
import { newStagingPath } from './staging.ts'
import { sweep } from '../sweep.ts'
import { type UnpackedLayer, type UnpackJob, unpackLayer } from './unpack.ts'

const maxDepth = 128

type LayerVerbs = Pick<LayerStore, 'has' | 'record' | 'list' | 'path' | 'stage' | 'apply' | 'remove' | 'sweep'>

/** The part of a store that holds layers: of each what its own archive holds, whatever the driver. */
export function openLayers(layout: Layout, attributes: AttributeOptions): LayerVerbs {
  const has = (chainId: ChainId): boolean => existsSync(join(layout.layer(chainId), 'layer.json'))
  const record = (chainId: ChainId): StoredRecord => readRecord(layout.layer(chainId), chainId)
  const stage = (input: LayerInput | UnpackedInput): Promise<StagedLayer> => stageLayer(layout, attributes, input)
  return {
    has,
    record,
    list: () => readdirSync(layout.layers).filter((name): name is ChainId => /^[0-9a-f]{64}$/.test(name)),
    path: layout.diff,
    stage,
    async apply(input) {
      if (!has(input.chainId)) {
        const staged = await stage(input)
        await staged.commit(input.parent)
      }
      return record(input.chainId)
    },
    async remove(chainId) {
      if (!existsSync(layout.layer(chainId))) return
      const [link] = has(chainId) ? record(chainId).links : []
      const doomed = newStagingPath(layout.staging)
      try {
        renameSync(layout.layer(chainId), doomed)
      } catch (error) {
        // Another process removed it first.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
        throw error
      }
      if (link) await unlink(join(layout.root, layout.link(link))).catch(() => {})
      await rm(doomed, { recursive: true, force: true })
    },
    sweep: () => sweep(layout),
  }
}

async function stageLayer(layout: Layout, attributes: AttributeOptions, input: LayerInput | UnpackedInput): Promise<StagedLayer> {
  const staging = newStagingPath(layout.staging)
  const discard = (): Promise<void> => rm(staging, { recursive: true, force: true })
  let unpacked: UnpackedLayer
  try {
    mkdirSync(join(staging, 'diff'), { recursive: true, mode: 0o755 })
    const { diffId, compressedSize } = input
    const job: UnpackJob = {
      ...attributes,
      root: join(staging, 'diff'),
      diffId,
      ...(compressedSize === undefined ? {} : { compressedSize }),
    }
    unpacked =
      'unpack' in input
        ? await input.unpack(job)
        : await unpackLayer({ ...job, source: input.source, ...(input.signal ? { signal: input.signal } : {}) })
  } catch (error) {
    await discard()
    throw error
  }
  const { chainId, diffId } = input
  const { size, implied } = unpacked
  return {
    chainId,
    size,
    discard,
    async commit(parent) {
      try {
        const below = parent ? readRecord(layout.layer(parent), parent) : undefined
        if ((below?.links.length ?? 0) >= maxDepth) throw layerInvalid(`it has more than ${maxDepth} layers below it`)
        describeImplied(layout, join(staging, 'diff'), implied, below, attributes)
        const link = makeLink(layout, chainId)
        const stored: StoredRecord = {
          chainId,
          diffId,
          ...(parent ? { parent } : {}),
          size,
          links: [link, ...(below?.links ?? [])],
        }
        writeFileAtomicSync(join(staging, 'layer.json'), JSON.stringify(stored))
        if (!moveIntoPlace(staging, layout.layer(chainId))) await unlink(join(layout.root, layout.link(link)))
      } finally {
        await discard()
      }
    },
  }
}

/** @returns false when the layer is there already, made by another process. */
function moveIntoPlace(staging: string, target: string): boolean {
  try {
    renameSync(staging, target)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

/** Makes a short name for a layer. */
export function makeLink(layout: Layout, chainId: ChainId): string {
  for (let attempt = 0; attempt < 10; attempt++) {
    const name = randomLetters()
    try {
      symlinkSync(`../layers/${chainId}/diff`, join(layout.root, layout.link(name)))
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  throw new EngineError('StoreUnavailable', `No free short name is left in ${layout.links}.`)
}

/** Folders that the layer only implies keep owner, mode and time of the layers below, which overlay would otherwise hide. */
export function describeImplied(
  layout: Layout,
  root: string,
  implied: readonly BinaryPath[],
  below: StoredRecord | undefined,
  attributes: AttributeOptions,
): void {
  for (const real of [...implied].toReversed()) {
    const found = below && lowerFolder(layout, below, real, attributes.marks)
    if (!found) continue
    const header: TarHeader = {
      path: real,
      type: 'file',
      mode: found.mode & 0o7777,
      uid: found.uid,
      gid: found.gid,
      size: 0,
      mtime: BigInt(Math.round(found.mtimeMs)) * 1_000_000n,
    }
    const path = real === '' ? toBinary(root) : `${toBinary(root)}/${real}`
    setAttributes(path, header, attributes, true)
    setTimes(path, header)
  }
}

/** The topmost folder of that name below, looked up part by part so that no link of a layer is followed. */
function lowerFolder(layout: Layout, below: StoredRecord, real: BinaryPath, marks: Marks): Stats | undefined {
  for (const link of below.links) {
    let at = toBinary(join(layout.root, layout.link(link)))
    let removed = false
    // The short name is a link of ours; the folder behind it is the layer's.
    let found: Stats | undefined = lstatSync(toFile(`${at}/.`), { throwIfNoEntry: false })
    for (const part of real === '' ? [] : real.split('/')) {
      if (marks === 'files' && lstatSync(toFile(`${at}/${whiteoutPrefix}${part}`), { throwIfNoEntry: false })) removed = true
      at += `/${part}`
      found = lstatSync(toFile(at), { throwIfNoEntry: false })
      if (!found?.isDirectory()) break
    }
    if (found?.isDirectory()) return found
    if (removed || (found && isWhiteout(found))) return undefined
  }
  return undefined
}
